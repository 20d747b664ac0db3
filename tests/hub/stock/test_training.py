"""The training loop on a model that is small enough for a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification, BertModel

from grader.hub.stock.assemble import apply_delta, in_full
from grader.hub.stock.training import averaging, classifier, loop, translation
from grader.hub.stock.training.delta import low_rank, low_rank_in_eight_bits, take_up
from grader.hub.stock.training.sentiment import without_overlap

LABELS = ("odd", "even")
EXAMPLES = [
    classifier.Encoded([1] + [2 + number % 2] * (1 + number % 5), [0] * (2 + number % 5), number % 2)
    for number in range(60)
]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Threads that wait for each other cost more than such a small model gains by them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=16,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("base")
    BertModel(config).save_pretrained(folder)
    return folder


def predicted(model: torch.nn.Module, examples: list[classifier.Encoded]) -> torch.Tensor:
    """The logits of a model that still has its corrections apart, in the precision it is trained in."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return classifier.predict(model, examples).float()


def trained(base: Path, delta: Path) -> torch.nn.Module:
    model = classifier.new_classifier(base, LABELS, seed=3)
    classifier.train(model, EXAMPLES, loop.Plan(passes=4, learning_rate=1e-2, tokens_per_batch=40, seed=3))
    save_file(low_rank(model), delta)
    return model


def test_learns_and_its_delta_gives_the_same_model(base: Path, tmp_path: Path) -> None:
    model = trained(base, tmp_path / "delta.safetensors")
    logits = predicted(model, EXAMPLES)
    assert classifier.accuracy(logits, EXAMPLES) == 1.0

    tensors = {f"bert.{name}": tensor for name, tensor in load_file(base / "model.safetensors").items()}
    whole = apply_delta(tensors, load_file(tmp_path / "delta.safetensors"))
    served = BertForSequenceClassification(BertConfig.from_pretrained(base, num_labels=2))
    served.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in whole.items()})
    assert torch.allclose(classifier.predict(served, EXAMPLES), logits, atol=0.1)  # bfloat16 against float32


def test_is_reproducible(base: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        trained(base, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_goes_on_from_a_delta(base: Path, tmp_path: Path) -> None:
    logits = predicted(trained(base, tmp_path / "delta.safetensors"), EXAMPLES)
    stored = load_file(tmp_path / "delta.safetensors")
    model = classifier.new_classifier(base, LABELS, seed=5)
    take_up(model, stored.__getitem__)
    assert torch.allclose(predicted(model, EXAMPLES), logits, atol=0.1)
    assert {name: tensor.tolist() for name, tensor in low_rank(model).items()} == {
        name: tensor.tolist() for name, tensor in stored.items()
    }


def test_a_share_of_the_start_stays_and_means_are_means() -> None:
    model = torch.nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[1.0, 2.0]]))
        start = averaging.values(model)
        model.weight.copy_(torch.tensor([[5.0, 4.0]]))
    averaging.keep(model, start, 0.25)
    assert model.weight.tolist() == [[4.0, 3.5]] and start["weight"].tolist() == [[1.0, 2.0]]
    averaging.set_mean(model, [start, averaging.values(model)])
    assert model.weight.tolist() == [[2.5, 2.75]]
    averaging.set_values(model, start)
    assert model.weight.tolist() == [[1.0, 2.0]]


def test_a_deeper_translator_begins_as_the_one_it_grew_from(monkeypatch: pytest.MonkeyPatch) -> None:
    small = {"d_model": 32, "vocab_size": 40, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "dropout": 0.0}
    monkeypatch.setattr(translation, "CONFIG", translation.CONFIG | small)
    torch.manual_seed(0)
    model = translation._of_depth(translation.FIRST_DEPTH).eval()
    grown = translation.deeper(model).eval()
    assert (grown.config.encoder_layers, grown.config.decoder_layers) == (4, 3)
    ids, given = torch.tensor([[5, 9, 7, 1]]), torch.tensor([[2, 11, 12]])
    with torch.inference_mode():
        before = model(input_ids=ids, decoder_input_ids=given).logits
        after = grown(input_ids=ids, decoder_input_ids=given).logits
    assert torch.allclose(before, after, atol=0.01)


def test_starts_from_the_base_model(base: Path) -> None:
    plain = BertModel.from_pretrained(base, attn_implementation="eager")
    adapted = classifier.new_classifier(base, LABELS, seed=0).bert.eval()
    ids = torch.tensor([[1, 2, 3, 2]])
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        expected, found = plain(ids).last_hidden_state, adapted(ids).last_hidden_state
    assert torch.allclose(expected.float(), found.float(), atol=0.05)


def test_batches_hold_no_more_tokens_than_allowed() -> None:
    by_length = sorted(EXAMPLES, key=lambda example: len(example.input_ids))
    batches = loop.batches(by_length, lambda example: len(example.input_ids), tokens=20)
    assert [example for batch in batches for example in batch] == by_length
    assert max(len(batch[-1].input_ids) * len(batch) for batch in batches) <= 20


def test_predictions_come_in_the_order_of_the_examples(base: Path) -> None:
    model = classifier.new_classifier(base, LABELS, seed=0)
    together = predicted(model, EXAMPLES[:7])
    alone = torch.cat([predicted(model, [example]) for example in EXAMPLES[:7]])
    assert torch.allclose(together, alone, atol=0.02)


def test_held_out_passages_share_nothing_with_the_training_phrases() -> None:
    phrase = classifier.Example("a film of rare and quiet beauty", 1)
    unseen = classifier.Example("this is a film of rare and quiet beauty indeed", 1)
    other = classifier.Example("dull from start to end", 0)
    assert without_overlap([phrase, other], [other], [unseen]) == []
    assert without_overlap([phrase, other], [], []) == [phrase, other]


def test_a_plan_may_end_within_a_pass() -> None:
    plan = loop.Plan(passes=1.5, learning_rate=1e-3, tokens_per_batch=20)
    whole = loop.Plan(passes=1, learning_rate=1e-3, tokens_per_batch=20)
    steps, one_pass = (
        loop.batches_of_all_passes(EXAMPLES, lambda example: len(example.input_ids), chosen) for chosen in (plan, whole)
    )
    assert len(steps) == pytest.approx(1.5 * len(one_pass), abs=2)


def test_answers_come_in_the_order_of_the_items_whatever_the_batches() -> None:
    words = ["four", "a", "threes", "be", "see", "i"]
    seen: list[list[str]] = []

    def upper(batch: list[str]) -> list[str]:
        seen.append(batch)
        return [word.upper() for word in batch]

    assert loop.by_length(words, len, upper, count=4) == [word.upper() for word in words]
    assert [len(batch) for batch in seen] == [4, 2] and seen[1] == ["four", "threes"]
    seen.clear()
    assert loop.by_length(words, len, upper, tokens=6) == [word.upper() for word in words]
    assert max(len(batch[-1]) * len(batch) for batch in seen) <= 6
    assert loop.by_length([], len, upper, count=4) == []


def test_corrections_in_eight_bits_are_nearly_the_same(base: Path, tmp_path: Path) -> None:
    model = trained(base, tmp_path / "delta.safetensors")
    exact = load_file(tmp_path / "delta.safetensors")
    save_file(low_rank_in_eight_bits(model), tmp_path / "small.safetensors")
    small = load_file(tmp_path / "small.safetensors")
    pairs = [key.removesuffix(".lora_a") for key in exact if key.endswith(".lora_a")]
    assert pairs and all(small[f"{name}.lora_{half}"].dtype == "int8" for name in pairs for half in "ab")
    tensors = {name: np.zeros((1, 1), np.float32) for name in pairs}
    for name, change in apply_delta(tensors, exact).items():
        assert np.abs(apply_delta(tensors, small)[name] - change).max() <= 0.02 * max(1e-3, np.abs(change).max())

    again = classifier.new_classifier(base, LABELS, seed=5)
    take_up(again, in_full(small).__getitem__)
    assert torch.allclose(predicted(again, EXAMPLES), predicted(model, EXAMPLES), atol=0.1)
