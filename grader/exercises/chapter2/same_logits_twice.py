"""The check of `same-logits-twice`."""

from __future__ import annotations

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


@exercise(
    "same-logits-twice",
    chapter=2,
    points=2,
    difficulty=2,
    minutes=5,
    asks=["batched_ids", "batched_logits"],
    hints=[
        "How many axes does the list of ids of one sentence have? And how many does the model expect?",
        "`torch.tensor([ids, ids])` has two axes; `model(…).logits` has one row for each sentence.",
        "make a tensor from a list that holds ids twice; call the model; keep its logits",
    ],
)
def same_logits_twice(answer: Answer, draw: Draw) -> str:
    """The same sentence twice in one batch

    `ids` holds the tokens of “I've been waiting for a HuggingFace course my whole life.”

    - `batched_ids`: a tensor that holds the sentence twice
    - `batched_logits`: the logits that `model` returns for it

    Both rows of the logits must be the same as for the sentence alone.
    """
    import torch

    tokenizer = references.tokenizer(references.SENTIMENT)
    plain = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(references.WAITING))
    whole = tokenizer(references.WAITING)["input_ids"]
    given = answer.value("batched_ids")
    if isinstance(given, list):
        raise Wrong(
            "list-of-ids",
            "`batched_ids` is still a list.",
            got=f"a list of {len(given)}",
            wanted="a tensor with two rows",
            advice="The model takes tensors: wrap the list in `torch.tensor(…)`.",
        )
    found = expect.array(given, "`batched_ids`")
    if found.ndim == 1:
        raise Wrong(
            "one-axis",
            "`batched_ids` has one axis only.",
            got=f"shape {found.shape}",
            wanted="shape (2, number of tokens)",
            advice="A batch is a list of sentences, even when the sentences are equal.",
        )
    right = next((ids for ids in (plain, whole) if found.shape == (2, len(ids)) and (found == [ids, ids]).all()), None)
    if right is None:
        raise Wrong(
            "other-ids",
            "`batched_ids` does not hold the sentence twice.",
            got=f"shape {found.shape}: {shorten(found.tolist(), 60)}",
            wanted="two equal rows with the ids of the sentence",
        )
    logits = expect.array(answer.value("batched_logits"), "`batched_logits`", shape=(2, 2))
    reference = references.sentiment_logits(torch.tensor([right, right]))
    if expect.close(logits, reference, tolerance=2e-3):
        return f"Both rows say the same: {logits[0].round(2).tolist()}. A sentence does not notice its neighbors."
    if expect.close(logits.sum(-1), (logits.sum(-1) * 0 + 1)):
        raise Wrong(
            "probabilities",
            "These are probabilities, not logits.",
            got=shorten(logits.round(3).tolist()),
            wanted="the numbers before the softmax",
            advice="Take `.logits` of the model's output as they are.",
            earned=1,
        )
    raise Wrong(
        "other-logits",
        "`batched_ids` is right, `batched_logits` is not.",
        got=shorten(logits.round(3).tolist()),
        wanted="what `model` returns for `batched_ids`",
        advice="Run the model on `batched_ids` once more, and use the sentiment checkpoint of this section.",
        earned=1,
    )
