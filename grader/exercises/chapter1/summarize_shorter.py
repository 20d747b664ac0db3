"""The check of `summarize-shorter`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

# The chapter's own text.
ARTICLE = """
The old stone bridge over the Elm River will be closed for repairs from March until October. Engineers found cracks in
two of its pillars last fall. Nine thousand cars cross the bridge every day, and they will have to take the highway,
which is six kilometers farther south. For people on foot or on a bicycle the city is building a wooden bridge. The
repairs cost four million dollars. The bridge was built in 1904, and it has never been closed for so long.
"""

MOST, LEAST = 50, 8  # words
FACTS = {
    "what it is about": r"\bbridges?\b",
    "what will happen to it": r"\b(clos\w*|shut\w*|repair\w*|renovat\w*|fix\w*)\b",
    "when": r"\b(march|october)\b",
}


@exercise(
    "summarize-shorter",
    chapter=1,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["my_summary"],
    hints=[
        "What would you ask a person to do, and how would you make sure that the summary does not get long?",
        "A message has a `role` and a `content`. The content is your request, and after it the article. The last "
        "message that comes back is the model's.",
        "messages = one message of the user: the request, two line breaks, the article. Call the generator with "
        "messages and a limit of new tokens. my_summary = the content of the last message.",
    ],
)
def summarize_shorter(answer: Answer, draw: Draw) -> str:
    """The article in one or two sentences

    Let `generator` sum up `article`. `my_summary` is its text: **at most 50 words**, not copied out of the article. A
    reader still learns what it is about, what will happen to it, and when that begins or ends.

    A small model mixes things up. If a fact is lost, ask in other words, or draw again with `do_sample=True`.
    """
    summary = _text(answer.value("my_summary"))
    words, plain, article = len(summary.split()), _plain(summary), _plain(ARTICLE)
    if "<|im_" in summary or "<|endoftext|>" in summary:
        raise Wrong(
            "special-tokens",
            "The summary holds marks that are not text.",
            got=shorten(summary),
            wanted="the text alone",
            advice="The last message that the generator returns has the plain text under `content`.",
        )
    if article in plain:
        raise Wrong(
            "article-included",
            "The whole article is in there.",
            got=f"{words} words: {shorten(summary)}",
            wanted="what the model wrote, without what you gave it",
            advice="Given a plain text, the generator goes on with it. Give it a list of messages instead.",
        )
    if words < LEAST:
        raise Wrong(
            "too-short",
            "This is very short.",
            got=f"{words} words: {shorten(summary)}",
            wanted=f"between {LEAST} and {MOST} words",
            advice="Print what the generator returns: is it the right message of it?",
        )
    if plain in article:
        raise Wrong(
            "copied",
            "This stands in the article word for word.",
            got=shorten(summary),
            wanted="a text that says more in fewer words than any piece of the article",
            advice="Ask for a summary of the whole text, and put the request before the article.",
        )
    if words > MOST:
        raise Wrong(
            "too-long",
            "The summary is too long.",
            got=f"{words} words; the article has {len(ARTICLE.split())}",
            wanted=f"at most {MOST} words",
            advice="Ask for one sentence. And a limit of new tokens helps: 60 tokens are fewer than 60 words.",
        )
    lost = [question for question, pattern in FACTS.items() if not re.search(pattern, summary.lower())]
    if lost:
        raise Wrong(
            "fact-lost",
            f"The summary does not say {' and '.join(lost)}.",
            got=shorten(summary),
            wanted="a summary from which a reader learns all three",
            advice="Ask for it, for example: “Say what …, and when.” Or draw another summary with `do_sample=True`.",
            earned=1 if len(lost) == 1 else 0,
        )
    return f"{words} words instead of {len(ARTICLE.split())}, and the facts that we looked for are there."


def _text(value: Any) -> str:
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str):
        return value[0]
    if isinstance(value, list | tuple | dict) and any(key in repr(value) for key in ("generated_text", "content")):
        raise Wrong(
            "whole-result",
            "This is a whole result of the generator.",
            got=shorten(value),
            wanted="the text of the summary",
            advice="Take the content of the last message, as in the cell above.",
        )
    return expect.text(value, "`my_summary`")


def _plain(text: str) -> str:
    """Words alone, so that line breaks and punctuation hide no copy."""
    return " ".join(re.findall(r"\w+", text.lower()))
