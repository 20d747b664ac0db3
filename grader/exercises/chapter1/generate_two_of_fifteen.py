"""The check of `generate-two-of-fifteen`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

TOKENS = 15
SLACK = 2  # text cut into tokens again may come out a token or two shorter or longer than it was written


@exercise(
    "generate-two-of-fifteen",
    chapter=1,
    points=2,
    difficulty=2,
    minutes=8,
    asks=["my_prompt", "my_texts"],
    hints=[
        "The model that always takes the likeliest token writes the same text each time. What must change?",
        "The generator takes `do_sample`, `num_return_sequences`, and two limits: `max_new_tokens` and "
        "`min_new_tokens`.",
        "call generator with my_prompt, sampling switched on, two sequences to return, and 15 for both the smallest "
        "and the largest number of new tokens",
    ],
)
def generate_two_of_fifteen(answer: Answer, draw: Draw) -> str:
    """Two ways to go on

    Let `generator` go on with one prompt of your own in **two different ways**, by 15 new tokens each: not fewer, even
    if the model would like to stop.

    - `my_prompt`: your prompt, at least four words
    - `my_texts`: what the generator returns, or a list of the two texts; each begins with your prompt
    """
    prompt = expect.text(answer.value("my_prompt"), "`my_prompt`")
    if len(prompt.split()) < 4:
        raise Wrong(
            "prompt-too-short",
            "The prompt is very short.",
            got=f"{len(prompt.split())} words: {shorten(prompt)}",
            wanted="at least four words",
            advice="The more you give the model, the better it knows how to go on.",
        )
    texts = _texts(answer.value("my_texts"))
    astray = [text for text in texts if not text.startswith(prompt.rstrip())]
    if astray:
        raise Wrong(
            "prompt-missing",
            "Not every text begins with your prompt.",
            got=shorten(astray[0]),
            wanted="your prompt, as it is in `my_prompt` now, and then what the model wrote",
            advice="Did the prompt change after the run, or did `return_full_text=False` cut it off?",
        )
    if texts[0] == texts[1]:
        raise Wrong(
            "same-twice",
            "Both texts are the same.",
            got=shorten(texts[0]),
            wanted="two different ways to go on",
            advice="Without sampling the model takes the likeliest token each time, and so it ends up the same.",
        )
    _check_lengths(prompt, texts)
    ends = [f"“…{text[len(prompt.rstrip()) :].strip()[:40]}…”" for text in texts]
    return f"One prompt, two ways to go on: {ends[0]} and {ends[1]}"


def _texts(value: Any) -> list[str]:
    """The two texts, out of all the forms in which a generator gives them."""
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], list | tuple):
        value = value[0]  # a list of one prompt went in
    if isinstance(value, list | tuple):
        value = [item[0] if isinstance(item, list | tuple) and len(item) == 1 else item for item in value]
        value = [item.get("generated_text", item) if isinstance(item, dict) else item for item in value]
        if any(isinstance(item, list | tuple) for item in value):
            raise Wrong(
                "a-chat",
                "These are chats, not texts that go on with a prompt.",
                got=shorten(value),
                wanted="two texts",
                advice="Give the generator your prompt as a plain text, not as a list of messages.",
            )
    if isinstance(value, str) or (isinstance(value, list) and len(value) == 1 and isinstance(value[0], str)):
        raise Wrong(
            "one-text",
            "This is one text.",
            got=shorten(value),
            wanted="a list of two texts",
            advice="One call can return several texts; look for the argument that says how many.",
        )
    return expect.list_of(value, "`my_texts`", str, length=2)


def _check_lengths(prompt: str, texts: list[str]) -> None:
    count = references.tokenizer(references.WRITER)
    start = len(count(prompt.rstrip())["input_ids"])
    totals = [len(count(text)["input_ids"]) for text in texts]
    added = [total - start for total in totals]
    if all(abs(number - TOKENS) <= SLACK for number in added):
        return
    stopped = "A model may stop when it finds the text complete. Which limit sets how many tokens it writes at least?"
    mistake, advice = "too-long", "`max_new_tokens` says how many new tokens there may be; without it a default holds."
    words = [len(text[len(prompt.rstrip()) :].split()) for text in texts]
    if all(number == TOKENS for number in words):
        mistake, advice = "words-not-tokens", "These are 15 words. A word may be more than one token."
    elif all(abs(total - TOKENS) <= 1 for total in totals) and not all(map(_is_complete, texts)):
        # Seen in the texts alone, both ways to get there look alike.
        mistake = "prompt-counted"
        advice = f"Is there a limit that counts the prompt too, such as `max_length`? If not: {stopped}"
    elif min(added) < TOKENS - SLACK:
        mistake, advice = "too-short", stopped
    raise Wrong(
        mistake,
        f"The texts are not {TOKENS} tokens longer than the prompt.",
        got=f"{added[0]} and {added[1]} tokens after the prompt",
        wanted=f"{TOKENS} new tokens each, give or take {SLACK}",
        advice=advice,
        earned=1,
    )


def _is_complete(text: str) -> bool:
    return text.rstrip(" \n”\"'*)").endswith((".", "!", "?", ":"))
