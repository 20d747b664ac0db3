"""The check of `pipeline-by-hand`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.plain import call_with_texts
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


@exercise(
    "pipeline-by-hand",
    chapter=2,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["classify"],
    hints=[
        "A pipeline does three things in a row. Which of the three do the tokenizer and the model do for you?",
        '`tokenizer(texts, padding=True, return_tensors="pt")`, `model(**inputs).logits`, `softmax(dim=-1)`, '
        "`model.config.id2label`.",
        "tokenize all texts in one batch; get the logits; softmax over the labels; "
        "for each row return its best label's name and score",
    ],
)
def pipeline_by_hand(answer: Answer, draw: Draw) -> str:
    """The pipeline, by hand

    Write `classify(texts)` with the `tokenizer` and the `model` from above, without `pipeline()`.

    It takes a list of texts and returns a list of dictionaries, one for each text, such as
    `{"label": "POSITIVE", "score": 0.9773622155189514}`: what the pipeline would say of it, with all digits.
    """
    import torch

    texts = draw.sample(SENTENCES, 4)
    tokens = references.tokenizer(references.SENTIMENT)(texts, padding=True, return_tensors="pt")
    logits = torch.from_numpy(references.sentiment_logits(tokens["input_ids"], tokens["attention_mask"]))
    names = references.sentiment_model().config.id2label
    value = call_with_texts(answer, "classify", texts)
    expect.not_calling(answer, "classify", "pipeline")
    results = expect.list_of(value, "What `classify` returns", dict)
    if len(results) != len(texts):
        raise Wrong(
            "wrong-length",
            "There is not one result for each text.",
            got=f"{len(results)} results for {len(texts)} texts",
            wanted="one dictionary for each text",
            advice="Each row of the logits belongs to one text.",
        )
    for result in results:
        expect.dictionary(result, "A result of `classify`", keys=("label", "score"))
    scores = expect.array([result["score"] for result in results], "The scores")
    scores = expect.array(scores.reshape(-1).tolist(), "The list of scores", shape=(len(texts),))
    labels = [result["label"] if isinstance(result["label"], str) else shorten(result["label"]) for result in results]
    right_scores, right_labels = logits.softmax(-1).max(-1)
    if any(label not in names.values() for label in labels):
        raise Wrong(
            "label-numbers",
            "A label is not one of the model's label names.",
            got=shorten(labels),
            wanted=" or ".join(names.values()),
            advice="`model.config.id2label` turns a position into a name.",
        )
    expected = [names[int(i)] for i in right_labels]
    flipped = [names[1 - int(i)] for i in right_labels]
    if labels == flipped or (len(set(labels)) == 1 and len(set(expected)) == 2):
        raise Wrong(
            "fixed-names",
            "The names do not follow the logits.",
            got=shorten(labels),
            wanted="the name that belongs to the highest score of each text",
            advice="Do not write the names down yourself: `model.config.id2label` knows which position has which name.",
        )
    if labels != expected:
        raise Wrong(
            "wrong-labels",
            "At least one text gets another label than from the pipeline.",
            got=shorten(labels),
            wanted="the label with the highest score of each text",
            advice="`argmax(-1)` looks along the labels of one text, `argmax(0)` along the texts.",
        )
    if any(_are_rounded(scores, right_scores.numpy(), digits) for digits in (0, 1, 2)):
        raise Wrong(
            "rounded",
            "The labels are right, and the scores are rounded.",
            got=shorten(scores.tolist()),
            wanted="the scores as they are, with all their digits",
            advice="Leave the rounding to whoever prints them: two texts can differ in the third digit.",
            earned=2,
        )
    if expect.close(scores, right_scores.numpy(), tolerance=2e-3):
        return "The same labels and scores as the pipeline: you have opened the box."
    if expect.close(scores, logits.max(-1).values.numpy(), tolerance=2e-3):
        raise Wrong(
            "logits-as-scores",
            "The labels are right, but the scores are logits.",
            got=shorten([round(float(s), 3) for s in scores]),
            wanted="probabilities: between 0 and 1, adding up to 1 over the labels",
            advice="One step is missing between the logits and the scores.",
            earned=1,
        )
    by_text = logits.softmax(0).gather(1, right_labels[:, None])[:, 0]
    if expect.close(scores, by_text.numpy(), tolerance=2e-3):
        raise Wrong(
            "softmax-over-batch",
            "The softmax runs over the texts instead of the labels.",
            got=shorten([round(float(s), 3) for s in scores]),
            wanted="scores that do not depend on the other texts of the batch",
            advice="The logits have shape (texts, labels). Which axis must add up to 1?",
            earned=1,
        )
    unmasked = torch.from_numpy(references.sentiment_logits(tokens["input_ids"])).softmax(-1).max(-1).values
    if expect.close(scores, unmasked.numpy(), tolerance=2e-3):
        raise Wrong(
            "mask-forgotten",
            "The padding is read as if it were text.",
            got="scores of short texts that change with the longest text",
            wanted="scores that do not depend on the padding",
            advice="Give the model all that the tokenizer returns: `model(**inputs)`.",
            earned=1,
        )
    for position, name in names.items():
        if expect.close(scores, logits.softmax(-1)[:, position].numpy(), tolerance=2e-3):
            raise Wrong(
                "score-of-one-label",
                f"Every score is the probability of {name}.",
                got=shorten([round(float(s), 3) for s in scores]),
                wanted="the probability of the label that you name",
                advice="Take the score at the position that won, for each text.",
                earned=1,
            )
    off = int((abs(scores - right_scores.numpy())).argmax())
    raise Wrong(
        "other-scores",
        "The labels are right, the scores are not.",
        got=f"{scores[off]:.3f} for {texts[off]!r}",
        wanted="the probability that the pipeline gives",
        advice="Compare with `pipeline()` on this one text, step by step.",
        earned=1,
    )


def _are_rounded(scores: Any, right: Any, digits: int) -> bool:
    """Whether the scores have no more than so many digits, and are the right ones up to those, but no further."""
    off = abs(scores - right)
    return bool((abs(scores - scores.round(digits)) < 1e-6).all() and 1e-4 < off.max() < 0.51 / 10**digits)
