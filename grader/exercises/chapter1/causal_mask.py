"""The check of `causal-mask`."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


@exercise(
    "causal-mask",
    chapter=1,
    points=2,
    difficulty=2,
    minutes=8,
    asks=["causal_mask"],
    hints=[
        "Row i stands for token i. Which columns hold tokens that came before it, or itself?",
        "`torch.ones(n, n, dtype=torch.bool)` and one of its methods `tril` and `triu`.",
        "start from all True; keep the lower triangle with the diagonal",
    ],
)
def causal_mask(answer: Answer, draw: Draw) -> str:
    """Look back, never ahead

    A model like GPT-2 reads from left to right. Token i may look at itself and at the tokens before it.

    Write `causal_mask(n)`. It returns an n × n tensor of **booleans**. Row i, column j is `True` when token i may look
    at token j. Try it with your own function: `attention(q, k, v, mask=causal_mask(4))`.
    """
    import numpy

    for n in draw.integers(3, 2, 9):
        value = answer.call("causal_mask", n)
        found = expect.array(value, "What `causal_mask` returns", shape=(n, n))
        ones = numpy.ones((n, n))
        if numpy.array_equal(found, numpy.tril(ones)):
            _refuse_other_kind(value)
            continue
        if not numpy.isin(found, (0, 1)).all():
            raise Wrong(
                "additive-mask",
                "The mask holds other numbers than True and False.",
                got=shorten(sorted({float(x) for x in found.reshape(-1)})),
                wanted="True and False",
                advice="Minus infinity belongs to the scores. The mask only says where to put it.",
            )
        if numpy.array_equal(found, numpy.triu(ones)):
            raise Wrong(
                "looks-ahead",
                "Your tokens look ahead instead of back.",
                got="True on and above the diagonal",
                wanted="row i is True for column i and the columns before it",
                advice="Print `causal_mask(4)` and read its first row: what may the first token see?",
            )
        if numpy.array_equal(found, numpy.triu(ones, 1)):
            raise Wrong(
                "inverted",
                "True and False have changed places.",
                got="True where a token must not look",
                wanted="True where a token may look",
                advice="PyTorch's `attn_mask` has the same meaning as here: True takes part.",
            )
        if numpy.array_equal(found, numpy.tril(ones, -1)):
            raise Wrong(
                "diagonal-masked",
                "No token may look at itself.",
                got="False on the diagonal",
                wanted="True on the diagonal",
                advice="The first token would see nothing at all, and its softmax would be NaN.",
            )
        if found.all():
            raise Wrong(
                "sees-all",
                "Every token sees all others.",
                got="True everywhere",
                wanted="False to the right of the diagonal",
            )
        raise Wrong(
            "other-mask",
            f"The mask is not causal for n = {n}.",
            got=shorten(found.astype(int).tolist()),
            wanted="row i is True for column i and the columns before it",
        )
    return "Row i sees the first i + 1 tokens and nothing of what follows."


def _refuse_other_kind(value: Any) -> None:
    """The right places in another kind of thing, with which `~mask` and `masked_fill` of an attention do not work."""
    if expect.library_of(value) == "torch" and str(value.dtype) == "torch.bool":
        return
    if expect.library_of(value) == "torch":
        raise Wrong(
            "numbers-not-booleans",
            "The right places, but the tensor holds numbers.",
            got=f"a tensor of {value.dtype}",
            wanted="a tensor of True and False: `~` turns these round, and `masked_fill` takes them",
            advice="`dtype=torch.bool` makes booleans from the start, `.bool()` makes them of numbers.",
            earned=1,
        )
    raise Wrong(
        "not-a-torch-tensor",
        "The right places, but this is no tensor of PyTorch.",
        got=f"a {type(value).__name__}",
        wanted="a tensor of booleans, which your own `attention` can take as its mask",
        advice="`torch.tensor(…, dtype=torch.bool)` makes one.",
        earned=1,
    )
