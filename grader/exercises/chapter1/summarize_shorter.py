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
The old stone bridge over the Elm River will close for repairs in March and open again in October. Engineers found
cracks in two of its pillars last fall. Nine thousand cars cross the bridge every day, and they will have to take the
highway, which is six kilometers farther south. For people on foot or on a bicycle the city is building a wooden
bridge. The repairs cost four million dollars. The bridge was built in 1904, and it has never been closed for so long.
"""

MOST, LEAST = 50, 7  # words
FACTS = {
    "what it is about": r"\b(bridges?|crossings?|viaduct)\b",
    "what will happen to it": r"\b(clos\w*|shut\w*|blocked|off[- ]limits|out of (service|use)|unusable"
    r"|no (cars?|traffic|vehicles?)|not (be )?(usable|passable|open|crossed|used)"
    r"|(repair|renovat|restor|refurbish|mend|fix|rebuil)\w*)\b",
    "in which month": r"\b(march|october)\b",
}
# What the summary says of the dates or of the closing, and the article says the other way round.
OPPOSITES = {
    "until-march": r"\b(until|till|through|to|by|before|ends? in) (the (end|beginning|start|middle) of )?march\b",
    "from-october": r"\b(from|since|after|starting in|starts? in|begins? in|beginning in) (the \w+ of )?october\b",
    "opens-in-march": r"\b(re)?open(s|ed|ing)?( \w+){0,3} in march\b(?! and october)",
    "never-closed": r"\b(never|not|won['’]t|wouldn['’]t|isn['’]t)( \w+){0,2} (closed?|shut|repaired|renovated|fixed)\b"
    r"(?![^.;]*\b((so|this|that|as|such a) long|foot|pedestrians|cyclists|bicycles?|bikes?)\b)",
    "stays-open": r"(?<!wooden )\bbridge( over the elm river)? (will |is going to )?(stays?|remains?|be|is) open\b",
}
# Numbers in words that the article does not have, and those in digits that it has, with what follows from them: the
# months of the closing, the age of the bridge.
FALSE_NUMBERS = "three|five|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|forty|fifty"
TRUE_NUMBERS = {"2", "4", "6", "7", "8", "9", "100", "1904", "9000", "4000000"}
OTHER_MONTHS = "january|february|april|june|july|august|september|november|december"
ABOUT_ITSELF = r"\b(rewritten|revised|shortened|condensed) version\b|\bversion of (the|your) (text|article)\b"


@exercise(
    "summarize-shorter",
    chapter=1,
    points=2,
    difficulty=2,
    minutes=15,
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
    reader still learns what it is about, what will happen to it, and in which month that begins or ends; nothing is
    false.

    A model this small often fails here: see how. Then ask in other words, draw several with `do_sample=True` and
    choose, or put its text right with words of your own. All of that counts.
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
    if all(_plain(sentence) in article for sentence in re.split(r"(?<=[.!?…])\s+", summary)):
        raise Wrong(
            "copied",
            "This stands in the article word for word.",
            got=shorten(summary),
            wanted="a text that says more in fewer words than the sentences of the article",
            advice="Ask for a summary of the whole text, and put the request before the article. Or join two of its "
            "sentences yourself and leave out what matters less.",
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
            advice="Ask for it, such as: “Say what …, and in which month.” Or draw another one with `do_sample=True`.",
            earned=1 if len(lost) == 1 else 0,
        )
    _check_truth(summary)
    return (
        f"{words} words instead of {len(ARTICLE.split())}, and the words that we looked for are there. Whether the "
        "rest is true you must check yourself: read it beside the article."
    )


def _check_truth(summary: str) -> None:
    """Finds what is false for sure. It cannot find all, and does not say that it did."""

    def refuse(mistake: str, message: str, said: str, wanted: str, advice: str, earned: float) -> None:
        got = f"“{said}” in {shorten(summary)}"
        raise Wrong(mistake, message, got=got, wanted=wanted, advice=advice, earned=earned)

    again = "Draw another one, or put this right with a sentence of your own."
    for mistake, pattern in OPPOSITES.items():
        if said := re.search(pattern, " ".join(summary.lower().split())):
            refuse(
                mistake,
                "The summary says the opposite of the article.",
                said.group(),
                "what the article says of the closing: that it comes, when it begins, when it ends",
                f"Find the place in the article: which month is the first, which one the last? {again}",
                earned=0 if mistake in ("never-closed", "stays-open") else 1,
            )
    if said := re.search(ABOUT_ITSELF, summary.lower()):
        refuse(
            "about-itself",
            "The summary speaks of itself instead of the bridge.",
            said.group(),
            "what the article tells, and nothing about texts",
            f"A small model answers in the tone of a chat. {again}",
            earned=1,
        )
    if invented := _invented(summary):
        refuse(
            "invented",
            "The summary has a number or a date that the article does not have.",
            invented,
            "numbers and dates of the article alone",
            f"A small model makes up such things easily. {again}",
            earned=1,
        )


def _invented(summary: str) -> str:
    """The first number or month that the article neither has nor leads to; an empty text when there is none."""
    if may := re.search(r"\b(in|from|since|until|till|by|before|after) may\b", summary.lower()):  # else it is a verb
        return may.group().replace("may", "May")
    for word in re.findall(r"\d[\d,.]*|[a-z]+", summary.lower()):
        bare = word.replace(",", "").rstrip(".")
        if bare[0].isdigit() and bare not in TRUE_NUMBERS:
            return word.rstrip(".,")
        if re.fullmatch(FALSE_NUMBERS, bare):
            return word
        if re.fullmatch(OTHER_MONTHS, bare):
            return word.capitalize()
    return ""


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
