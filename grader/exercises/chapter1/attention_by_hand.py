"""The check of `attention-by-hand`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.errors import brief
from grader.judging.verdict import Wrong


@exercise(
    "attention-by-hand",
    chapter=1,
    points=3,
    difficulty=3,
    minutes=25,
    asks=["attention"],
    hints=[
        "Each query is compared with each key. Which operation gives all these dot products at once?",
        "`@` multiplies matrices, `transpose(-2, -1)` swaps the last two axes, `torch.softmax` takes `dim=`, and "
        "`masked_fill` replaces what must not count.",
        "scores = q times k transposed, divided by the root of the size. Where mask is False: scores = minus infinity. "
        "weights = softmax of the scores over the keys. Return weights times v.",
    ],
)
def attention_by_hand(answer: Answer, draw: Draw) -> str:
    """Attention, by hand

    Write `attention(q, k, v, mask=None)` with tensor operations only.

    - `q` has shape (batch, queries, size), `k` and `v` have shape (batch, keys, size).
    - `mask` has shape (queries, keys). Where it is `True`, the query may look at the key.
    - Return the new vectors, shape (batch, queries, size).

    The formula is softmax(q·kᵀ / √size)·v
    ([Vaswani et al. 2017](https://arxiv.org/abs/1706.03762), section 3.2.1).
    """
    expect.not_calling(answer, "attention", "scaled_dot_product_attention")
    try:
        _check_plain_attention(answer, draw)
        _check_masked_attention(answer, draw)
    except LearnerRaised as raised:
        _explain_error(answer, raised)
        raise
    return "The same numbers as PyTorch's own `scaled_dot_product_attention`, with and without a mask."


def _explain_error(answer: Answer, raised: LearnerRaised) -> None:
    source, seen = answer.source("attention"), f"{raised.error}: {brief(raised.text)}"
    if "Boolean value of Tensor" in raised.text and re.search(r"\b(if|not|and|or) (not )?mask\b(?! is)", source):
        raise Wrong(
            "if-mask",
            "Without a mask all is right; with one your function asks whether the whole mask is true.",
            got=seen,
            wanted="a question that has one answer: was a mask given?",
            advice="`is not None` asks that. A tensor is neither true nor false as a whole.",
            earned=2,
        ) from None
    if raised.error not in ("RuntimeError", "IndexError"):
        return
    if re.search(r"\.T\b|\.t\(\)", source):
        raise Wrong(
            "all-axes-swapped",
            "`k.T` swaps the batch as well.",
            got=seen,
            wanted="keys of shape (batch, size, keys): the last two axes change places",
            advice="`.T` is made for matrices, and `k` has three axes. `transpose` takes the two that are to change.",
        ) from None
    if re.search(r"transpose\(\s*(dim0=)?(0|-3)\b|transpose\([^)]*,\s*(dim1=)?(0|-3)\s*\)", source):
        raise Wrong(
            "batch-swapped",
            "The batch has changed places with another axis.",
            got=seen,
            wanted="keys of shape (batch, size, keys): the last two axes change places",
            advice="Axis 0 is the batch. Counted from the end, which two axes are left?",
        ) from None


def _check_plain_attention(answer: Answer, draw: Draw) -> None:
    import torch

    for batch, queries, keys, size in ((2, 4, 4, 8), (3, 3, 6, 20)):
        q, k = draw.tensor(batch, queries, size) * 2, draw.tensor(batch, keys, size) * 2
        v = draw.tensor(batch, keys, size)
        found = _attention_output(answer.call("attention", q, k, v), q.shape)
        if _same(found, torch.softmax(q @ k.mT / size**0.5, -1) @ v):
            continue
        if _same(found, torch.softmax(q @ k.mT, -1) @ v):
            raise Wrong(
                "no-scaling",
                "The scores are not scaled.",
                got="weights that jump to the one largest score",
                wanted="scores that stay small however long the vectors are",
                advice="Divide by the square root of the vectors' size before the softmax.",
            )
        if _same(found, torch.softmax(q @ k.mT / size, -1) @ v):
            raise Wrong(
                "wrong-scaling",
                "The scores are divided by too much.",
                got="scores divided by the size of the vectors",
                wanted="scores divided by the root of that size",
                advice="A sum of `size` random products grows like the root of `size`.",
            )
        if _same(found, torch.softmax(q @ k.mT / size**0.5, -2) @ v):
            raise Wrong(
                "wrong-axis",
                "The softmax runs over the wrong axis.",
                got="weights that add up to 1 over the queries",
                wanted="weights that add up to 1 over the keys, for each query",
                advice="The scores have shape (batch, queries, keys): which axis holds the keys?",
            )
        if any(_same(found, torch.softmax(q @ k.mT / axis**0.5, -1) @ v) for axis in (queries, keys, batch)):
            raise Wrong(
                "scaled-by-another-axis",
                "The scores are divided by the root of another number than the size.",
                got="a scaling that follows from how many queries, keys or texts there are",
                wanted="a scaling that follows from how long each vector is",
                advice="`q` has shape (batch, queries, size): at which place of its shape does the size stand?",
            )
        if size != 8 and _same(found, torch.softmax(q @ k.mT / 8**0.5, -1) @ v):
            raise Wrong(
                "fixed-scaling",
                "The scaling is a fixed number.",
                got="the right scaling for vectors of size 8, the wrong one for others",
                wanted="a scaling that follows from the vectors' size",
                advice="The last axis of `q` tells the size.",
            )
        if _same(found, (q @ k.mT / size**0.5) @ v):
            raise Wrong(
                "no-softmax",
                "The scores are used as weights as they are.",
                got="weights that can be negative and add up to anything",
                wanted="weights between 0 and 1 that add up to 1",
                advice="Turn the scores into weights with a softmax over the keys.",
            )
        raise Wrong(
            "other-values",
            "The new vectors have the right shape but other values.",
            got=f"{found.reshape(-1)[0]:.4f} in the first place for random inputs",
            wanted="softmax(q·kᵀ / √size)·v",
            advice="Print each step for a tiny example: one query, two keys, vectors of size 1.",
        )


def _check_masked_attention(answer: Answer, draw: Draw) -> None:
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    q, k, v = draw.tensor(2, 5, 8), draw.tensor(2, 5, 8), draw.tensor(2, 5, 8)
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    found = _attention_output(answer.call("attention", q, k, v, mask=mask), q.shape)
    scores = q @ k.mT / 8**0.5
    if _same(found, scaled_dot_product_attention(q, k, v, attn_mask=mask)):
        return
    keep = "Without a mask all is right; with one it is not."
    if not torch.isfinite(torch.as_tensor(found)).all():
        raise Wrong(
            "mask-gives-nan",
            f"{keep} Some numbers became NaN.",
            got="NaN for at least one query",
            wanted="numbers for every query",
            advice="A row whose scores are all minus infinity has no softmax. Does the mask hide what it should show?",
            earned=2,
        )
    if _same(found, torch.softmax(scores.masked_fill(mask, -1e9), -1) @ v):
        raise Wrong(
            "mask-inverted",
            f"{keep} Each query looks where it must not.",
            got="weight where the mask is False, and none where it is True",
            wanted="weight where the mask is True alone",
            advice="`masked_fill` fills where its mask is True. For a mask of booleans, what does `~` do?",
            earned=2,
        )
    if _same(found, torch.softmax(scores, -1) @ v):
        raise Wrong(
            "mask-ignored",
            f"{keep} It makes no difference.",
            got="the same vectors with and without a mask",
            wanted="no weight on keys where the mask is False",
            advice="Set the forbidden scores to minus infinity before the softmax.",
            earned=2,
        )
    if _same(found, torch.softmax(scores + mask, -1) @ v):
        raise Wrong(
            "mask-added",
            f"{keep} It is added as 0 and 1.",
            got="forbidden keys that still get weight",
            wanted="a weight of exactly 0 where the mask is False",
            advice="Adding 1 only shifts the scores. What must a score be for its softmax to be 0?",
            earned=2,
        )
    if _same(found, (torch.softmax(scores, -1) * mask) @ v):
        raise Wrong(
            "mask-after-softmax",
            f"{keep} It comes after the softmax.",
            got="weights that no longer add up to 1",
            wanted="weights over the allowed keys that add up to 1",
            advice="Mask the scores first, then take the softmax.",
            earned=2,
        )
    if _same(found, scaled_dot_product_attention(q, k, v, attn_mask=mask.T)):
        raise Wrong(
            "mask-transposed",
            f"{keep} Its rows and columns are swapped.",
            got="queries that look where only others may",
            wanted="row i of the mask applied to query i",
            advice="Scores and mask have the same order of axes: queries first, then keys.",
            earned=2,
        )
    if _same(found, torch.softmax(scores.masked_fill(~mask, 0), -1) @ v):
        raise Wrong(
            "masked-with-zero",
            f"{keep} A score of 0 is not nothing.",
            got="forbidden keys that still get weight",
            wanted="a weight of exactly 0 where the mask is False",
            advice="The softmax makes exp(0) = 1 of a score of 0. Which score becomes a weight of 0?",
            earned=2,
        )
    raise Wrong(
        "mask-other",
        keep,
        got=f"{found.reshape(-1)[0]:.4f} in the first place for random inputs",
        wanted="no weight on keys where the mask is False",
        advice="Compare the weights with and without the mask for three tokens. Each row must still add up to 1.",
        earned=2,
    )


def _attention_output(value: Any, shape: Any) -> Any:
    # Returning the weights too is a sensible choice: the vectors come first then.
    if isinstance(value, tuple) and len(value) == 2:
        value = value[0]
    return expect.array(value, "What `attention` returns", shape=tuple(shape))


def _same(found: Any, reference: Any) -> bool:
    return expect.close(found, reference.double().numpy())
