"""Checks of chapter 1: Transformer models."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Made

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
    return f"Your labels compete for the text, and “{result['labels'][0]}” wins with {scores[0]:.0%}."


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


@exercise(
    "attention-by-hand",
    chapter=1,
    points=3,
    difficulty=3,
    minutes=15,
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
    import torch

    expect.not_calling(answer, "attention", "scaled_dot_product_attention")
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
    _check_masked_attention(answer, draw)
    return "The same numbers as PyTorch's own `scaled_dot_product_attention`, with and without a mask."


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


@exercise(
    "causal-mask",
    chapter=1,
    points=2,
    difficulty=2,
    minutes=5,
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

    Write `causal_mask(n)`. It returns an n × n tensor. Row i, column j is `True` when token i may look at token j.
    """
    import numpy

    for n in draw.integers(3, 2, 9):
        value = answer.call("causal_mask", n)
        found = expect.array(value, "What `causal_mask` returns", shape=(n, n))
        ones = numpy.ones((n, n))
        if numpy.array_equal(found, numpy.tril(ones)):
            continue
        if not numpy.isin(found, (0, 1)).all():
            raise Wrong(
                "additive-mask",
                "The mask holds other numbers than True and False.",
                got=shorten(sorted({float(x) for x in found.reshape(-1)})),
                wanted="True and False (or 1 and 0)",
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


@exercise(
    "count-parameters",
    chapter=1,
    points=3,
    difficulty=3,
    minutes=10,
    asks=["count_parameters", "kept_share"],
    hints=[
        "A tensor on the device “meta” has a shape but no memory. What could a whole model on it be good for?",
        '`with torch.device("meta"):`, `AutoModelForMaskedLM.from_config(config)`, `model.parameters()`, `numel()`.',
        "inside the meta device make the model from its config; add up numel() over its parameters",
    ],
)
def count_parameters(answer: Answer, draw: Draw) -> str:
    """Weigh a model without loading it

    - Write `count_parameters(config)`: how many parameters does `AutoModelForMaskedLM` have with this configuration?
      Weights that two layers share count once. Do not fill memory with weights: some models would not fit.
    - Set `kept_share`: DistilBERT's parameters divided by BERT's, for `DistilBertConfig()` and `BertConfig()`.
    """
    for model_type, settings in _drawn_configs(draw):
        config = Made("config", {"model_type": model_type, **settings})
        model = _meta_model(config)
        right = sum(parameter.numel() for parameter in model.parameters())
        trace = answer.trace("count_parameters", config)
        found = expect.integer(trace.value, "What `count_parameters` returns")
        if found != right:
            _explain_count(found, right, model, config)
        if trace.parameters_alive > right / 2:
            raise Wrong(
                "allocates-memory",
                "The number is right, but the whole model was built in memory.",
                got=f"{trace.parameters_alive:,} parameters with real memory at one time",
                wanted="none, or a layer at a time",
                advice='Build the model inside `with torch.device("meta"):`. Its tensors then have shapes only.',
                earned=1,
            )
    bert, distilbert = (
        sum(p.numel() for p in _meta_model(Made("config", {"model_type": kind})).parameters())
        for kind in ("bert", "distilbert")
    )
    if answer.is_missing("kept_share"):
        raise Wrong(
            "share-missing",
            "`count_parameters` is right; `kept_share` is still to be filled in.",
            got="the placeholder `...`",
            wanted="DistilBERT's count divided by BERT's",
            advice="Use your own function twice.",
            earned=2,
        )
    _check_share(expect.number(answer.value("kept_share"), "`kept_share`", earned=2), distilbert / bert)
    return f"DistilBERT keeps {distilbert / bert:.0%} of BERT's parameters: {distilbert:,} of {bert:,}."


def _check_share(found: float, right: float) -> None:
    if abs(found - right) < 0.006:
        return
    mistake, advice = "wrong-share", "Use your own function twice, with `DistilBertConfig()` and with `BertConfig()`."
    if abs(found - 100 * right) < 0.6:
        mistake, advice = "share-in-percent", "Do not multiply by 100."
    elif abs(found - 1 / right) < 0.02:
        mistake, advice = "fraction-upside-down", "Divide DistilBERT's count by BERT's, not the other way around."
    elif abs(found - (1 - right)) < 0.006:
        mistake, advice = "share-that-is-lost", "This is what was taken away. What was kept?"
    raise Wrong(
        mistake,
        "`count_parameters` is right; `kept_share` is not.",
        got=f"{found:g}",
        wanted="DistilBERT's count divided by BERT's, a number between 0 and 1",
        advice=advice,
        earned=2,
    )


def _drawn_configs(draw: Draw) -> list[tuple[str, dict[str, int]]]:
    heads, layers = draw.choice([2, 4, 8]), draw.integer(2, 5)
    size, vocabulary = 32 * heads, draw.integer(3_000, 9_000)
    bert = {"hidden_size": size, "num_hidden_layers": layers, "num_attention_heads": heads, "vocab_size": vocabulary}
    distilbert = {"dim": size, "n_layers": layers, "n_heads": heads, "hidden_dim": 4 * size, "vocab_size": vocabulary}
    return [("bert", {**bert, "intermediate_size": 4 * size}), ("distilbert", distilbert)]


def _meta_model(config: Made, head: str = "AutoModelForMaskedLM") -> Any:
    import torch
    import transformers

    with torch.device("meta"):
        return getattr(transformers, head).from_config(config.build())


def _explain_count(found: int, right: int, model: Any, config: Made) -> None:
    buffers = sum(buffer.numel() for buffer in model.buffers())
    twice = sum(tensor.numel() for tensor in model.state_dict().values())
    tied = model.get_input_embeddings().weight.numel()
    base = sum(parameter.numel() for parameter in _meta_model(config, "AutoModel").parameters())
    got = f"{found:,} for a small {config.fields['model_type']} model"
    if buffers and found == right + buffers:
        raise Wrong(
            "counts-buffers", "Buffers are counted too.", got=got, wanted="parameters only: what training changes"
        )
    if found in (twice, right + tied):
        raise Wrong(
            "counts-shared-twice",
            "Weights that two layers share are counted twice.",
            got=got,
            wanted="each weight once",
            advice="`state_dict()` lists a shared weight under both names, and `init_empty_weights` cuts the tie; "
            "`parameters()` of a model made on the meta device gives it once.",
        )
    if found == base:
        raise Wrong(
            "base-model",
            "This is the model without its head.",
            got=got,
            wanted="the parameters of `AutoModelForMaskedLM`",
            advice="`AutoModel` leaves the language-model head out.",
        )
    if found in (4 * right, 2 * right):
        raise Wrong(
            "counts-bytes",
            "These are bytes, not parameters.",
            got=got,
            advice="A parameter in float32 takes four bytes.",
        )
    if found == sum(1 for _ in model.parameters()):
        raise Wrong(
            "counts-tensors", "These are tensors, not parameters.", got=got, advice="Add up `numel()` of each tensor."
        )
    raise Wrong(
        "wrong-count",
        "The number of parameters is not right.",
        got=got,
        wanted="the sum of `numel()` over all parameters of `AutoModelForMaskedLM`",
        advice="Does the function use the `config` that it is given, and not a fixed one?",
    )
