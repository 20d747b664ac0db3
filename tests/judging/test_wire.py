"""The wire: what is sent arrives as plain values; whatever else arrives is refused."""

import json
import math

import numpy as np
import pytest
import torch
from transformers import BatchEncoding, BertConfig

from grader.judging.wire import Budget, Made, Opaque, WireError, decode, encode


def travel(value):
    return decode(json.loads(json.dumps(encode(value))))


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -7, 2**62, 1.5, "text ✓", [1, [2, "x"]], (1, 2), {"a": 1, 2: "b"}, {1, 2, 3}, ..., [], {}],
    ids=repr,
)
def test_plain_values_arrive_as_they_were(value):
    arrived = travel(value)
    assert arrived == value and type(arrived) is type(value)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool, torch.uint8])
def test_tensors_keep_dtype_shape_and_values(dtype):
    value = torch.arange(6).reshape(2, 3).to(dtype)
    arrived = travel(value)
    assert arrived.dtype == dtype and arrived.shape == (2, 3) and torch.equal(arrived, value)


def test_tensors_that_are_views_empty_scalar_or_need_gradients():
    for value in (
        torch.arange(6.0).reshape(2, 3).T,
        torch.zeros(0, 4),
        torch.tensor(3.0),
        torch.ones(2, requires_grad=True),
    ):
        assert torch.equal(travel(value), value.detach())


def test_numpy_arrays_and_scalars():
    assert np.array_equal(travel(np.eye(3)), np.eye(3))
    assert travel(np.float64(0.5)) == 0.5 and type(travel(np.int64(3))) is int and travel(np.bool_(True)) is True
    assert travel(np.array(["a", "b"])) == ["a", "b"]


def test_byte_order_and_the_smallest_integer():
    assert travel(np.array([1.5, -2.0], dtype=">f8")).tolist() == [1.5, -2.0]
    assert travel(-(2**63)) == -(2**63)


def test_special_floats_arrive():
    assert math.isnan(travel(float("nan"))) and travel(float("-inf")) == float("-inf")


def test_subclasses_arrive_as_the_plain_type():
    class Liar(str):
        def __eq__(self, other):
            return True

        __hash__ = str.__hash__

    class LyingList(list):
        def __len__(self):
            return 99

    assert type(travel(Liar("x"))) is str and travel(Liar("x")) != "y"
    assert len(travel(LyingList([1, 2]))) == 2
    assert type(travel(BatchEncoding({"input_ids": [1]}))) is dict


def test_what_cannot_travel_is_named_not_sent():
    assert travel(print) == Opaque("builtin_function_or_method")
    assert travel(10**40) == Opaque("an integer of more than 63 bits")
    assert isinstance(travel(torch.nn.Linear(2, 2)), Opaque)
    assert isinstance(travel(torch.empty(3, device="meta")), Opaque)


def test_a_config_travels_as_data():
    arrived = travel(BertConfig(hidden_size=64))
    assert arrived.kind == "config" and arrived.fields["hidden_size"] == 64
    built = travel(Made("config", {"model_type": "bert", "hidden_size": 32})).build()
    assert isinstance(built, BertConfig) and built.hidden_size == 32


def test_a_list_that_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(WireError, match="nested too deeply"):
        encode(loop)


def test_too_much_is_refused_at_both_ends():
    with pytest.raises(WireError, match="too large"):
        encode(torch.zeros(1000), Budget(bytes=100))
    with pytest.raises(WireError, match="items"):
        decode([1, 2, 3], Budget(items=2))


@pytest.mark.parametrize(
    "forged",
    [
        {"$torch": ["float32", [2, 2], ""]},
        {"$torch": ["float32", [-1], ""]},
        {"$torch": ["object", [1], "AAAA"]},
        {"$torch": ["float32", [1 << 20, 1 << 20], "AAAA"]},
        {"$torch": ["float32", [1], "not base64!"]},
        {"$torch": ["float32", [1] * 9, "AAAAAA=="]},
        {"$numpy": ["bfloat16", [1], "AAA="]},
        {"$float": "1e5"},
        {"$dict": [[1]]},
        {"$dict": [[[1], 2]]},
        {"$set": [[1]]},
        {"$made": ["os.system", {"$dict": []}]},
        {"$opaque": "x" * 500},
        {"$pickle": "gASVAAAAAAAAAA=="},
        {"a": 1, "b": 2},
        1 << 70,
    ],
    ids=str,
)
def test_forged_data_is_refused(forged):
    with pytest.raises(WireError):
        decode(forged)
