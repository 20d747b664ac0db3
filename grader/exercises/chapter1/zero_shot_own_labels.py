"""The check of `zero-shot-own-labels`."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

LESSON_TEXT = "This is a course about the Transformers library"


LESSON_LABELS = {"education", "politics", "business"}


@exercise(
    "zero-shot-own-labels",
    chapter=1,
    points=3,
    difficulty=1,
    minutes=5,
    asks=["my_text", "my_labels", "my_result"],
    hints=[
        "Which task name did the lesson give to `pipeline()` to classify with labels that the model never saw?",
        'A pipeline made with `pipeline("zero-shot-classification")` takes the text and `candidate_labels=[…]`.',
        "make the pipeline; call it with my_text and candidate_labels=my_labels; store what it returns in my_result",
    ],
)
def zero_shot_own_labels(answer: Answer, draw: Draw) -> str:
    """Classify a text of your own

    Take a sentence that you make up and **at least four** labels of your own.
    Let the zero-shot pipeline decide which label fits.

    - `my_text`: your sentence
    - `my_labels`: your labels, a list of texts
    - `my_result`: what the pipeline returns for them
    """
    text = expect.text(answer.value("my_text"), "`my_text`")
    labels = expect.list_of(answer.value("my_labels"), "`my_labels`", str)
    result = answer.value("my_result")
    if text.strip() == LESSON_TEXT or (labels and set(labels) <= LESSON_LABELS):
        raise Wrong(
            "copied-the-lesson",
            "This is the lesson's own example.",
            got=shorten(text),
            wanted="a sentence and labels of your own",
            advice="Think of an e-mail you wrote today, and of folders that you could file it in.",
        )
    if len(set(labels)) < 4:
        raise Wrong(
            "too-few-labels",
            "There are too few different labels.",
            got=f"{len(set(labels))} different: {shorten(labels)}",
            wanted="at least four different labels",
            advice="Add labels that could nearly fit: that makes the scores interesting.",
        )
    if isinstance(result, list) and result and isinstance(result[0], dict):
        result = _one_result(result)
    result = expect.dictionary(result, "`my_result`", keys=("sequence", "labels", "scores"))
    expect.text(result["sequence"], 'my_result["sequence"]')
    expect.list_of(result["labels"], 'my_result["labels"]', str, length=len(labels))
    scores = expect.array(result["scores"], 'my_result["scores"]', shape=(len(labels),))
    if result["sequence"] != text or set(result["labels"]) != set(labels):
        raise Wrong(
            "other-text-or-labels",
            "The result belongs to another text or to other labels.",
            got=shorten({"sequence": result["sequence"], "labels": result["labels"]}),
            wanted="the result for `my_text` and `my_labels` as they are now",
            advice="Run the cell again from its first line, so that all three fit together.",
        )
    if not all(0 <= score <= 1 for score in scores) or list(scores) != sorted(scores, reverse=True):
        raise Wrong(
            "scores-not-sorted",
            "The scores are not in the order in which the pipeline gives them.",
            got=shorten([round(float(s), 3) for s in scores]),
            wanted="numbers between 0 and 1, the highest first",
            advice="Hand in the pipeline's result as it is, without sorting or rounding.",
        )
    if abs(scores.sum() - 1) > 0.01:
        raise Wrong(
            "multi-label",
            "The scores do not add up to 1.",
            got=f"a sum of {scores.sum():.2f}",
            wanted="one choice among the labels",
            advice="With `multi_label=True` each label is judged by itself. Leave it out, so that the labels compete.",
            earned=1,
        )
    return (
        f"Your labels compete for the text, and “{result['labels'][0]}” wins with {scores[0]:.0%}. Do you agree? "
        "Models can be wrong, and small ones more often than large ones."
    )


def _one_result(results: list) -> Any:
    if "candidate_labels" not in results[0] and {"label", "score"} <= set(results[0]):
        raise Wrong(
            "sentiment-pipeline",
            "This result comes from a pipeline with fixed labels.",
            got=shorten(results[0]),
            wanted="a result with your own labels in it",
            advice='Make the pipeline with the task "zero-shot-classification".',
        )
    if len(results) != 1:
        raise Wrong(
            "several-results", "These are results of several texts.", got=f"{len(results)} results", wanted="one result"
        )
    return results[0]
