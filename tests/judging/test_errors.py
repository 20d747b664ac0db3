"""Errors that beginners meet: each gets an advice of its own, and a text that is neither empty nor a page long."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from grader.judging.answer import Answer, LearnerRaised
from grader.judging.errors import COMMON, LONGEST, advice_for, brief
from grader.judging.respondent import Respondent

CONFIG = transformers.BertConfig(
    vocab_size=50, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
)
IDS = torch.tensor([[2, 5, 7, 3]])
INPUTS = transformers.BatchEncoding({"input_ids": IDS})
RESULTS = [{"label": 4}]
LOGITS = torch.randn(2, 3, requires_grad=True)


def body():
    return transformers.AutoModel.from_config(CONFIG)


def head():
    return transformers.AutoModelForSequenceClassification.from_config(CONFIG)


def unpacked():
    one, two = [1]  # noqa: F841


def three_unpacked():
    one, two = [1, 2, 3]  # noqa: F841


def read_too_early():
    total += 1  # noqa: F821, F841


def grown():
    words = {1: 2}
    for word in words:
        words[word + 1] = 3


def changed():
    (1, 2)[0] = 3


def with_size(hidden):
    return transformers.AutoModel.from_config(transformers.BertConfig(hidden_size=hidden, num_hidden_layers=1))


# What a learner writes, and a word that the advice must hold.
MISTAKES = {
    "a head's output has no hidden states": (lambda: head()(**INPUTS).last_hidden_state, "base_model"),
    "a body's output has no logits": (lambda: body()(**INPUTS).logits, "AutoModelFor"),
    "nor under a key": (lambda: body()(**INPUTS)["logits"], "AutoModelFor"),
    "logits of a tensor": (lambda: LOGITS.logits, "already"),
    "the whole encoding": (lambda: body()(INPUTS), "**inputs"),
    "a tensor unpacked": (lambda: body()(**IDS), "input_ids="),
    "a text for a model": (lambda: body()("hello"), "tokenizer"),
    "a list for a model": (lambda: body()([[1, 2]]), "torch.tensor"),
    "an id out of range": (lambda: body()(torch.tensor([[99]])), "table"),
    "too many tokens": (lambda: body()(torch.ones(1, 600).long()), "places"),
    "floats as ids": (lambda: body()(torch.ones(1, 4)), "whole numbers"),
    "one axis": (lambda: body()(torch.ones(4).long()), "batch"),
    "no such part": (lambda: head()(**INPUTS).probabilities, "keys"),
    "shape of an encoding": (lambda: INPUTS.shape, "inputs"),
    "a shared tensor": (lambda: LOGITS.numpy(), "no_grad"),
    "a size not asked for": (lambda: None.total, "expand"),
    "another device": (lambda: torch.ones(2) + torch.ones(2, device="meta"), "device"),
    "a matrix product": (lambda: LOGITS @ LOGITS, "3 and 2"),
    "a batch product": (lambda: torch.ones(2, 3, 4) @ torch.ones(2, 3, 4), "shape"),
    "a sum": (lambda: LOGITS + torch.ones(2, 4), "shape"),
    "rows of two lengths": (lambda: torch.tensor([[1, 2], [1]]), "of 2 and of 1"),
    "rows of two lengths, numpy": (lambda: np.array([[1, 2], [1]]), "pad"),
    "stacked": (lambda: torch.stack([torch.ones(2), torch.ones(3)]), "pad"),
    "another shape": (lambda: torch.ones(4).view(3, 2), "4 numbers"),
    "an axis too many": (lambda: torch.ones(2)[0, 0], "axes"),
    "softmax over a missing axis": (lambda: torch.ones(2).softmax(3), "axes"),
    "a row too many": (lambda: torch.ones(2)[5], "counted from 0"),
    "a place too many": (lambda: [1, 2][2], "n - 1"),
    "many into one": (lambda: LOGITS.item(), "single number"),
    "many into a float": (lambda: float(torch.ones(2)), "single number"),
    "many truths": (lambda: bool(LOGITS == LOGITS), "torch.equal"),
    "a softmax of whole numbers": (lambda: torch.tensor([1, 2]).softmax(-1), "float()"),
    "two kinds of numbers": (lambda: torch.ones(2, 2).long() @ torch.ones(2, 2), "dtype"),
    "a mask of floats": (lambda: LOGITS.masked_fill(torch.ones(2, 3), 0), "True and False"),
    "a softmax of a list": (lambda: torch.softmax([1.0, 2.0], -1), "torch.tensor"),
    "the shape of a list": (lambda: [1].shape, "torch.tensor"),
    "a tensor as key": (lambda: {1: "a"}[torch.tensor(1)], "item()"),
    "an array as key": (lambda: {1: "a"}[np.array([1])], "item()"),
    "an id in a vocabulary": (lambda: {"dog": 4}[4], "urn the dictionary round"),
    "a key spelled otherwise": (lambda: {"label": 4}["labels"], "`labels`"),
    "a list of dictionaries": (lambda: RESULTS["label"], "items first"),
    "a list as key": (lambda: {[1]: 2}, "tuple"),
    "numbers joined": (lambda: " ".join([1, 2]), "str"),
    "words of a list": (lambda: re.findall("a", ["a"]), "one by one"),
    "a list in lower case": (lambda: ["a"].lower(), "one by one"),
    "append to a tuple": (lambda: ().append(1), "list(…)"),
    "a dictionary moved to a device": (lambda: {}.to("cpu"), "batch.items()"),
    "a dictionary's attribute": (lambda: {}.label, "brackets"),
    "a list and a number": (lambda: [1] + 2, "square brackets"),
    "a number and a list": (lambda: 2 + [1], "square brackets"),
    "a tuple changed": (changed, "in place"),
    "a dictionary that grows": (grown, "new one"),
    "dictionaries compared": (lambda: max([{"a": 1}, {"a": 2}]), "key="),
    "the best of nothing": (lambda: max([]), "nothing to choose"),
    "a division": (lambda: 1 / 0, "divisor"),
    "nothing subscripted": (lambda: [3].append(4)[0], "return"),
    "nothing added": (lambda: None + 1, "return"),
    "nothing counted": (lambda: len(None), "return"),
    "a list called": (lambda: RESULTS(0), "square ones"),
    "a number subscripted": (lambda: len(RESULTS)[0], "[…]"),
    "a number walked through": (lambda: list(3), "one int"),
    "another parameter": (lambda: (lambda x: x)(y=1), "documentation"),
    "an argument missing": (lambda: (lambda x: x)(), "'x'"),
    "an argument too many": (lambda: (lambda x: x)(1, 2), "2 values"),
    "read before": (read_too_early, "before the loop"),
    "torch not imported": (lambda: eval("torch", {}), "imports `torch`"),
    "a cell not run": (lambda: nobody_made_this, "run that one first"),  # noqa: F821
    "a class misspelled": (lambda: transformers.AutoModelForX, "AutoModelForX"),
    "a method misspelled": (lambda: LOGITS.softmacks(-1), "softmacks"),
    "one of two": (unpacked, "batch"),
    "three of two": (three_unpacked, "2 names"),
    "heads that do not divide": (lambda: with_size(50), "equal shares"),
    "a file": (lambda: Path("nobody-made-this").read_text(), "folder"),
    "without an end": (lambda: (again := lambda: again())(), "calls itself"),
}


def raised_by(function):
    with pytest.raises(LearnerRaised) as caught:
        Answer(Respondent({"f": function}).serve).call("f")
    return caught.value


@pytest.mark.parametrize("name", MISTAKES)
def test_a_common_error_gets_advice_of_its_own(name):
    function, word = MISTAKES[name]
    raised = raised_by(function)
    assert word in advice_for(raised.error, raised.text), (raised.error, raised.text)
    assert 0 < len(brief(raised.text)) <= LONGEST + 3 and "\n" not in brief(raised.text)


# Texts of errors that need a hub, another device or another release.
TEXTS = {
    ("ValueError", "text input must be of type `str` (single example)"): "list of texts",
    ("ValueError", "Unable to create tensor, you should probably activate padding"): "padding=True",
    ("RuntimeError", "Expected all tensors to be on the same device, but got cpu and cuda:0"): "model.device",
    ("TypeError", "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu()"): ".cpu()",
    ("OSError", "nobody/nothing is not a local folder and is not a valid model identifier"): "slash",
    ("KeyError", '"Unknown task sentiment, available tasks are []"'): "sentiment-analysis",
    ("ValueError", "Asking to pad but the tokenizer does not have a padding token."): "pad_token",
    ("ValueError", "Expected input batch_size (2) to match target batch_size (1)."): "2 texts and 1 labels",
    ("PanicException", "`stride` must be strictly less than `max_len=6` (note that"): "neighbors share",
    ("TypeError", "string indices must be integers, not 'str'"): "a text, not a dictionary",
    ("TypeError", "T._parameters() got an unexpected keyword argument 'grouped_entities'"): "aggregation_strategy",
    ("TypeError", "Model.__init__() got an unexpected keyword argument 'device'"): "documentation",
}


@pytest.mark.parametrize("told", TEXTS, ids=lambda told: told[1][:30])
def test_texts_of_other_errors(told):
    assert TEXTS[told] in advice_for(*told)


def test_only_a_learners_own_function_has_a_stub():
    told = "attention() got an unexpected keyword argument 'mask'"
    assert "stub" in advice_for("TypeError", told, "attention")
    assert "stub" not in advice_for("TypeError", told, "find_answer")


def test_an_unknown_error_has_no_advice():
    assert advice_for("OddError", "the moon is full") == advice_for("ValueError", "") == ""


def test_every_row_is_a_pattern_whose_groups_the_advice_can_use():
    for pattern, advice in COMMON:
        used = [int(number) for number in re.findall(r"\\(\d)", advice)]
        assert max(used, default=0) <= re.compile(pattern).groups, pattern
        assert len(advice) < 220, advice


def test_the_reason_behind_a_printed_model_is_kept():
    told = brief(raised_by(lambda: body()(**IDS)).text)
    assert told == "BertModel argument after ** must be a mapping, not Tensor"


def test_a_long_text_loses_its_middle():
    told = brief("begins " + "word " * 1000 + "ends")
    assert told.startswith("begins") and told.endswith("ends") and len(told) <= LONGEST + 3
    text = json.loads(Respondent({"f": lambda: int("9" * 10**5 + "x")}).serve(
        json.dumps({"op": "call", "name": "f", "args": [], "kwargs": {"$dict": []}, "seconds": 5})
    ))["raised"][1]  # fmt: skip
    assert len(text) < 2_100
