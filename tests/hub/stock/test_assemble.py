"""Adding a delta to base weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from grader.hub.stock import cased, delta_files
from grader.hub.stock.assemble import CASE_VECTORS, WORD_EMBEDDINGS, apply_delta
from grader.hub.stock.cased import KINDS, twins
from grader.hub.stock.training.delta import quantized
from grader.hub.stock.wheels import StockError

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
    capitalized, upper, accented = range(len(KINDS))
    assert origins["Hello"] == ("hello", capitalized) and origins["HELLO"] == ("hello", upper)
    assert origins["Transformer"] == ("transformer", capitalized) and "TRANSFORMER" not in origins
    assert origins["##S"] == ("##s", upper) and origins["##é"] == ("##e", accented) and origins["ç"] == ("c", accented)
    assert not {"[cls]", "##Hello", "É", "hello"} & set(origins)


def test_the_capital_i_is_that_of_the_dotted_letter() -> None:
    """The dotless one of Turkish has the same capital, and stands behind the other in the vocabulary."""
    assert twins({"i": 0, "ı": 1})["I"] == ("i", 0)


def test_eight_bits_are_close_and_rows_have_scales_of_their_own() -> None:
    change = torch.tensor([[0.5, -1.27], [0.001, 0.0005]])
    delta = {name: tensor.numpy() for name, tensor in quantized("bert.layer.weight.change", change).items()}
    result = apply_delta(BASE, delta)["bert.layer.weight"] - BASE["bert.layer.weight"]
    assert np.abs(result - change.numpy()).max(axis=1) == pytest.approx([0, 0], abs=0.005)
    assert np.abs(result[1] - change[1].numpy()).max() < 1e-5
    assert apply_delta({}, delta)["bert.layer.weight"] == pytest.approx(change.numpy(), abs=0.005)


def test_the_cased_vocabulary_grows_by_originals_plus_case_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cased, "twin_rows", lambda base: ([1, 0], [0, 2]))
    words = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    vectors = np.array([[10.0, 0.0], [0.0, 0.0], [0.0, 20.0]], dtype=np.float32)  # (kinds, hidden)
    grown = cased.with_twins({WORD_EMBEDDINGS: words, CASE_VECTORS: vectors}, Path())
    assert grown[WORD_EMBEDDINGS].tolist() == [[1, 0], [0, 1], [10, 1], [1, 20]]


def test_a_damaged_delta_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta_files, "FOLDER", tmp_path)
    save_file({"bias": np.zeros(3, dtype=np.float16)}, tmp_path / "tiny.safetensors")
    delta_files.write_sums()
    assert delta_files.tensors("tiny")["bias"].shape == (3,)
    with (tmp_path / "tiny.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"!")
    with pytest.raises(StockError, match="(?s)tiny.safetensors is not the file.*sha256 is [0-9a-f]{64}.*git checkout"):
        delta_files.tensors("tiny")
    (tmp_path / "tiny.safetensors").unlink()
    with pytest.raises(StockError, match="missing"):
        delta_files.tensors("tiny")


def test_every_delta_is_the_one_that_was_noted() -> None:
    names = {path.name for path in delta_files.FOLDER.iterdir() if path.suffix != ".json"}
    for name in sorted(names - {delta_files.SUMS}):
        assert delta_files.tensors(name.removesuffix(".safetensors"))
    for name in ("translation", "french"):
        assert delta_files.tokenizer(name)["model"]["vocab"]


def test_all_deltas_are_small() -> None:
    """What the repository carries for the stand-ins, of the 40 MB that it may."""
    assert sum(path.stat().st_size for path in delta_files.FOLDER.iterdir()) < 38_000_000
