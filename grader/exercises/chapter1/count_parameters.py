"""The check of `count-parameters`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong
from grader.judging.wire import Made


@exercise(
    "count-parameters",
    chapter=1,
    points=3,
    difficulty=3,
    minutes=15,
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
            _refuse_move_to_meta(answer, found, model)
            _explain_count(found, right, model, config)
        if trace.parameters_alive > right / 2:
            _refuse_move_to_meta(answer, found, model, earned=1)
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


def _refuse_move_to_meta(answer: Answer, found: int, model: Any, earned: float = 0) -> None:
    """A model that is made first and moved to “meta” afterwards: memory was filled, and the tie may be cut."""
    source = "".join(answer.source("count_parameters").split()).replace("'", '"')
    if not re.search(r'\.to\((device=)?(torch\.device\()?"meta"', source):
        return
    right = sum(parameter.numel() for parameter in model.parameters())
    cut = "" if found == right else ", and weights that two layers shared count twice"
    raise Wrong(
        "moved-to-meta",
        "The model is made first and goes to the device “meta” afterwards.",
        got=f"`.to(…)` behind the model: memory was filled before{cut}",
        wanted="a model that never has memory",
        advice='What is made inside `with torch.device("meta"):` is made there from the start.',
        earned=earned,
    )


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
