"""The check of `family-of`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong

ENCODER, DECODER, BOTH = "encoder", "decoder", "encoder-decoder"
HALF = 1.5  # points for each of the two dictionaries

# For each: its family, a short name for reports, and a question that leads to the answer.
TASKS = {
    "sort e-mails into folders": (ENCODER, "sorting", "Does it have to write anything?"),
    "mark the names in a text": (ENCODER, "names", "One label for each word: which words help to find it?"),
    "find the words that answer a question": (
        ENCODER,
        "span",
        "Nothing is written: the answer stands in the text, and its place is looked for.",
    ),
    "write on from the start of a story": (DECODER, "story", "There is one text only, and it grows at its end."),
    "suggest the next word while you type": (DECODER, "next-word", "Which words are there already, and which not?"),
    "chat": (DECODER, "chat", "A chat is one long text that both sides write on. Which models do that?"),
    "translate a letter": (BOTH, "translation", "One text is read as a whole, another one is written."),
    "sum up a report in new words": (BOTH, "summary", "One text is read as a whole, another one is written."),
    "turn a sentence into a polite one": (BOTH, "rewriting", "One text is read as a whole, another one is written."),
}
CHECKPOINTS = {
    "google-bert/bert-base-uncased": (ENCODER, "bert", "It fills gaps: does it look to one side or to both?"),
    "FacebookAI/roberta-base": (ENCODER, "roberta", "It is BERT's plan, trained longer and with more text."),
    "google/electra-base-discriminator": (
        ENCODER,
        "electra",
        "It tells for each word of a text whether it was exchanged. Does it write?",
    ),
    "openai-community/gpt2": (DECODER, "gpt2", "Think of the causal mask: whose is it?"),
    "HuggingFaceTB/SmolLM2-135M-Instruct": (DECODER, "smollm2", "You drew its attention: which side was empty?"),
    "Qwen/Qwen3-0.6B": (DECODER, "qwen3", "It is a chat model; its architecture is `Qwen3ForCausalLM`."),
    "facebook/bart-large-cnn": (BOTH, "bart", "It sums up news: what does it do before it writes the first word?"),
    "google-t5/t5-small": (BOTH, "t5", "It reads one text and writes another: T5 stands for text-to-text."),
    "Helsinki-NLP/opus-mt-fr-en": (BOTH, "opus-mt", "It needs the whole French sentence before it writes."),
}


@exercise(
    "family-of",
    chapter=1,
    points=3,
    difficulty=2,
    minutes=8,
    asks=["task_family", "checkpoint_family"],
    hints=[
        "Two questions for each: does it read a text as a whole, looking both ways? And does it write a new text?",
        "The table above; for a checkpoint what is said behind it: which line of the table says the same?",
        "reads only: encoder. Writes on from what is there: decoder. Reads one text, then writes another: "
        "encoder-decoder.",
    ],
)
def family_of(answer: Answer, draw: Draw) -> str:
    """Three families

    For which family is each task typical, and to which one belongs each checkpoint? (We mean the models that had these
    names first, not the stand-ins.) Copy both dictionaries and write `"encoder"`, `"decoder"` or `"encoder-decoder"`
    for each. You need not know a name: what is said behind it and the table above lead to the answer.

    ```python
    task_family = {
        "sort e-mails into folders": "",
        "write on from the start of a story": "",
        "translate a letter": "",
        "mark the names in a text": "",
        "chat": "",
        "sum up a report in new words": "",
        "suggest the next word while you type": "",
        "find the words that answer a question": "",
        "turn a sentence into a polite one": "",
    }
    checkpoint_family = {
        "facebook/bart-large-cnn": "",  # learned by mending broken texts; sums up news
        "google-bert/bert-base-uncased": "",  # your gap filler, BERT
        "openai-community/gpt2": "",  # learned by guessing the next token of web pages
        "google/electra-base-discriminator": "",  # learned by spotting changed words
        "google-t5/t5-small": "",  # every task is a text to read and another text to write
        "HuggingFaceTB/SmolLM2-135M-Instruct": "",  # the model that writes for you
        "FacebookAI/roberta-base": "",  # BERT's plan and its way to learn, with more text
        "Helsinki-NLP/opus-mt-fr-en": "",  # your translator
        "Qwen/Qwen3-0.6B": "",  # its architecture is Qwen3ForCausalLM
    }
    ```
    """
    parts = Parts()
    with parts.worth(HALF):
        _check_families(answer.value("task_family"), "`task_family`", TASKS)
    with parts.worth(HALF):
        _check_families(answer.value("checkpoint_family"), "`checkpoint_family`", CHECKPOINTS)
    parts.settle()
    return "All eighteen are right: six encoders, six decoders, six that have both halves."


def _check_families(value: Any, name: str, known: dict[str, tuple[str, str, str]]) -> None:
    found = {key: _family(given) for key, given in expect.dictionary(value, name, keys=tuple(known)).items()}
    if left := [key for key in known if found[key] == ""]:
        raise Wrong(
            "left-open",
            f"{name} is not filled in yet.",
            got=f"no family for {len(left)} of 9, the first is “{left[0]}”",
            wanted="one of the three families for each",
        )
    if strange := [key for key in known if found[key] is None]:
        raise Wrong(
            "no-family",
            f"{name} holds something that is none of the three families.",
            got=f"{shorten(value[strange[0]])} for “{strange[0]}”",
            wanted=f'"{ENCODER}", "{DECODER}" or "{BOTH}"',
        )
    wrong = [key for key in known if found[key] != known[key][0]]
    if not wrong:
        return
    if len(wrong) >= 6 and all({found[key], known[key][0]} == {ENCODER, DECODER} for key in wrong):
        raise Wrong(
            "names-swapped",
            f"In {name} encoders and decoders have changed places.",
            got=f"{len(wrong)} of 9 filed the wrong way round",
            wanted="encoder for what reads, decoder for what writes",
        )
    _, short, question = known[wrong[0]]
    raise Wrong(
        f"{short}-as-{found[wrong[0]]}",
        f"{len(wrong)} of 9 in {name} {'is' if len(wrong) == 1 else 'are'} filed wrongly, for example “{wrong[0]}”.",
        got=f'"{found[wrong[0]]}" for “{wrong[0]}”',
        wanted="the family that fits what it reads and writes",
        advice=question,
        earned=1 if len(wrong) <= 3 else 0,
    )


def _family(given: Any) -> str | None:
    """The family that a text means; an empty text when it is open, None when it means none."""
    if given is ... or (isinstance(given, str) and not given.strip()):
        return ""
    if not isinstance(given, str):
        return None
    said = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-")
    said = re.sub(r"-?(only|model|models)$", "", said)
    spelled = {"seq2seq": BOTH, "sequence-to-sequence": BOTH, "encoderdecoder": BOTH, "encoder-and-decoder": BOTH}
    return said if said in (ENCODER, DECODER, BOTH) else spelled.get(said)
