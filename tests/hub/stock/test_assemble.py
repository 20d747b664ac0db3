"""Adding a delta to base weights."""

from __future__ import annotations

import numpy as np
import pytest

from grader.hub.stock.assemble import apply_delta
from grader.hub.stock.cased import twins

BASE = {
    "bert.layer.weight": np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32),
    "bert.layer.bias": np.array([1.0, 1.0], dtype=np.float32),
}


def test_low_rank_pair_is_added_and_the_rest_replaced() -> None:
    delta = {
        "bert.layer.weight.lora_a": np.array([[1.0, 0.5]], dtype=np.float16),  # (rank 1, inputs)
        "bert.layer.weight.lora_b": np.array([[2.0], [4.0]], dtype=np.float16),  # (outputs, rank 1)
        "bert.layer.bias": np.array([0.0, 5.0], dtype=np.float16),
        "classifier.bias": np.array([7.0], dtype=np.float16),
    }
    result = apply_delta(BASE, delta)
    assert result["bert.layer.weight"].tolist() == [[3.0, 3.0], [7.0, 6.0]]
    assert result["bert.layer.bias"].tolist() == [0.0, 5.0]
    assert result["classifier.bias"].tolist() == [7.0]
    assert set(result) == {*BASE, "classifier.bias"}
    assert {tensor.dtype for tensor in result.values()} == {np.dtype(np.float32)}
    assert BASE["bert.layer.weight"].tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_delta_for_another_base_is_refused() -> None:
    pair = {"other.lora_a": np.zeros((1, 2), np.float16), "other.lora_b": np.zeros((2, 1), np.float16)}
    with pytest.raises(KeyError, match="other"):
        apply_delta(BASE, pair)


def test_cased_twins() -> None:
    vocabulary = {"[CLS]": 0, "hello": 1, "transformer": 2, "##s": 3, "42": 4, "É": 5}
    origins = twins(vocabulary)
    assert origins["Hello"] == origins["HELLO"] == "hello"
    assert origins["Transformer"] == "transformer" and "TRANSFORMER" not in origins
    assert origins["##S"] == "##s" and origins["##é"] == "##e" and origins["ç"] == "c"
    assert not {"[cls]", "##Hello", "É", "hello"} & set(origins)
