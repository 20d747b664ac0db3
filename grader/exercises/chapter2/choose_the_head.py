"""The check of `choose-the-head`."""

from __future__ import annotations

import difflib
from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Opaque

BASE = "AutoModel"
# What each situation asks for, in words that do not name the class.
SITUATIONS = {
    "review": ("AutoModelForSequenceClassification", "scores for the labels of a whole text"),
    "names": ("AutoModelForTokenClassification", "scores for the labels of each single token"),
    "span": (
        "AutoModelForQuestionAnswering",
        "two scores for each token: does the answer start here, does it end here",
    ),
    "gap": ("AutoModelForMaskedLM", "a score for each word of the vocabulary at a hidden place, seen from both sides"),
    "story": ("AutoModelForCausalLM", "a score for each word of the vocabulary that may come next"),
    "french": ("AutoModelForSeq2SeqLM", "an encoder that reads one text and a decoder that writes another"),
    "search": (BASE, "hidden states, and no head at all"),
    "ending": ("AutoModelForMultipleChoice", "one score for each of several texts that belong together"),
}
HEADS = sorted({name for name, _ in SITUATIONS.values()})


@exercise(
    "choose-the-head",
    chapter=2,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["heads"],
    hints=[
        "For each situation: how many numbers must come out, and what does each belong to: a text, a token, or a word "
        "of the vocabulary?",
        "The names say it: `Sequence` is a whole text, `Token` each token, `LM` words of the vocabulary. "
        "`AutoModel` alone has no head.",
        "labels for a text, labels for tokens, start and end, a hidden word, the next word, a text from a text, "
        "vectors only, one of several texts: one class for each, and none twice",
    ],
)
def choose_the_head(answer: Answer, draw: Draw) -> str:
    """Choose the head

    Which class do you load? Fill the dictionary `heads` with names of classes, as texts: each of the eight is needed
    once. `AutoModel`, and `AutoModelFor` with one of `CausalLM`, `MaskedLM`, `MultipleChoice`, `QuestionAnswering`,
    `Seq2SeqLM`, `SequenceClassification`, `TokenClassification`.

    - `"review"`: is a review good or bad?
    - `"names"`: which words of a text are names of persons or places?
    - `"span"`: where in a page is the answer to a question?
    - `"gap"`: which word is hidden in the middle of a sentence?
    - `"story"`: how does a story go on?
    - `"french"`: what is this French text in English?
    - `"search"`: which of many texts is closest to mine, by comparing vectors?
    - `"ending"`: which of four endings fits a story best?
    """
    given = expect.dictionary(answer.value("heads"), "`heads`", keys=tuple(SITUATIONS))
    found = {key: _name(given[key], key) for key in SITUATIONS}
    wrong = [key for key, (right, _) in SITUATIONS.items() if found[key] != right]
    if wrong:
        _explain(wrong[0], found[wrong[0]], earned=1 if len(wrong) <= 2 else 0, others=len(wrong) - 1)
    return "Eight of eight: the name of a class says what comes out of it."


def _name(value: Any, key: str) -> str:
    if isinstance(value, Opaque):
        raise Wrong(
            "class-not-name",
            f"`{key}` is no text.",
            got="a class, or something else that is no text",
            wanted="the name of a class in quotes",
            advice="Write the name as a text, with quotes around it.",
        )
    name = expect.text(value, f"The entry `{key}`").strip().removeprefix("transformers.")
    if name not in HEADS:
        near = difflib.get_close_matches(name, HEADS, n=1, cutoff=0.8)
        wanted = "AutoModel, or AutoModelFor and one of the seven words of the task"
        if name.startswith("AutoModel"):
            advice = f"Look at the spelling of {near[0]}." if near else "The eight names of the task are enough."
            raise Wrong("no-such-class", f"`{key}` names no class of the list.", got=name, wanted=wanted, advice=advice)
        advice = "A pipeline's task has a name of its own; here the class is asked for." if "-" in name else ""
        raise Wrong(
            "not-a-class", f"`{key}` names no AutoModel class.", got=shorten(name), wanted=wanted, advice=advice
        )
    return name


def _explain(key: str, name: str, *, earned: int, others: int) -> None:
    right, wanted = SITUATIONS[key]
    got = f"{name} for {key!r}" + (f"; not right yet besides: {others}" if others else "")
    if name == BASE:
        raise Wrong(
            "base-model",
            f"For {key!r} a model without a head is not enough.",
            got=got,
            wanted=wanted,
            advice="AutoModel stops at the hidden states: no labels, no words.",
            earned=earned,
        )
    if right == BASE:
        raise Wrong(
            "head-for-vectors",
            "For 'search' there is a head too many.",
            got=got,
            wanted=wanted,
            advice="The vectors that you compare are the hidden states themselves.",
            earned=earned,
        )
    kinds = {name, right}
    if kinds == {"AutoModelForSequenceClassification", "AutoModelForTokenClassification"}:
        raise Wrong(
            "text-or-token",
            f"For {key!r}, labels belong to something else.",
            got=got,
            wanted=wanted,
            advice="Sequence means the whole text, Token each of its tokens.",
            earned=earned,
        )
    if kinds == {"AutoModelForMaskedLM", "AutoModelForCausalLM"}:
        raise Wrong(
            "masked-or-causal",
            f"For {key!r}, the model must look in another direction.",
            got=got,
            wanted=wanted,
            advice="A causal model only sees what is on the left; a masked one sees both sides.",
            earned=earned,
        )
    if kinds == {"AutoModelForSeq2SeqLM", "AutoModelForCausalLM"}:
        raise Wrong(
            "one-text-or-two",
            f"For {key!r}, think of how many texts there are.",
            got=got,
            wanted=wanted,
            advice="Seq2Seq goes from one text to another; causal goes on with the same.",
            earned=earned,
        )
    if kinds == {"AutoModelForQuestionAnswering", "AutoModelForMultipleChoice"}:
        raise Wrong(
            "span-or-choice",
            f"For {key!r}, the answer is found elsewhere.",
            got=got,
            wanted=wanted,
            advice="Does the answer stand inside a text, or is it one of several texts?",
            earned=earned,
        )
    raise Wrong(
        "other-head",
        f"For {key!r}, this head gives something else.",
        got=got,
        wanted=wanted,
        earned=earned,
        advice="Read the second half of the name: what does it promise?",
    )
