"""What the hub tells about a repository follows from its files."""

from __future__ import annotations

import json
import struct

import pytest

from grader.hub.info.describe import describe
from grader.hub.store.repos import Add

HEADER = json.dumps({"__metadata__": {}, "w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
WEIGHTS = struct.pack("<Q", len(HEADER)) + HEADER + bytes(24)


def described(store, repo_type="models", sizes=False, **files: bytes) -> dict:
    repo = store.create(repo_type, "a/b", when=0)
    names = {"card": "README.md", "config": "config.json", "weights": "model.safetensors", "text": "a.txt"}
    sha = repo.commit([Add(names[name], content) for name, content in files.items()], "files", when=86_400)
    return describe(repo, sha, sizes=sizes)


def test_model(store):
    told = described(
        store,
        card=b"---\nlicense: mit\ntags: [x]\nlanguage: en\ndatasets: [glue]\n---\n",
        config=b'{"model_type": "bert", "architectures": ["BertForMaskedLM"]}',
        weights=WEIGHTS,
    )
    assert (told["pipeline_tag"], told["library_name"]) == ("fill-mask", "transformers")
    assert told["safetensors"] == {"parameters": {"F32": 6}, "total": 6}
    assert {"transformers", "safetensors", "bert", "x", "en", "license:mit", "dataset:glue"} <= set(told["tags"])
    assert (told["createdAt"], told["lastModified"]) == ("1970-01-01T00:00:00.000Z", "1970-01-02T00:00:00.000Z")
    assert told["siblings"][0] == {"rfilename": ".gitattributes"}


@pytest.mark.parametrize(
    ("architecture", "task"),
    [
        ("BertForSequenceClassification", "text-classification"),
        ("BertForTokenClassification", "token-classification"),
        ("GPT2LMHeadModel", "text-generation"),
        ("BertModel", "feature-extraction"),
        ("SomethingElse", None),
    ],
)
def test_task_from_the_class(store, architecture, task):
    config = json.dumps({"model_type": "x", "architectures": [architecture]}).encode()
    assert described(store, config=config).get("pipeline_tag") == task


def test_card_wins_over_config(store):
    card = b"---\npipeline_tag: translation\nlibrary_name: other\n---\n"
    told = described(store, card=card, config=b'{"model_type": "x", "architectures": ["XForMaskedLM"]}')
    assert (told["pipeline_tag"], told["library_name"]) == ("translation", "other")


@pytest.mark.parametrize(
    "weights", [b"", b"\xff" * 100, struct.pack("<Q", 4) + b"nope", struct.pack("<Q", 8) + b'{"w": 3}']
)
def test_broken_files_do_no_harm(store, weights):
    told = described(store, card=b"---\na: [\n---\n\xff", config=b"[" * 100_000, weights=weights)
    assert "safetensors" not in told and told["cardData"] == {}


@pytest.mark.parametrize(
    "config", [b'{"model_type": NaN}', b'{"architectures": [1e999]}', b'{"model_type": "\\ud800"}']
)
def test_every_answer_can_be_sent(store, config):
    card = b'---\ntags: ["\\uD800", .nan]\ngiant: 0x' + b"f" * 6000 + b"\n---\n"
    header = json.dumps({"w": {"dtype": "\ud800", "shape": [10**99] * 99}}).encode()
    told = described(store, card=card, config=config, weights=struct.pack("<Q", len(header)) + header)
    json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def test_sizes(store):
    told = described(store, sizes=True, weights=WEIGHTS, text=b"four")
    sizes = {entry["rfilename"]: entry["size"] for entry in told["siblings"]}
    assert sizes["a.txt"] == 4 and sizes["model.safetensors"] == len(WEIGHTS)
    assert told["siblings"][-1]["lfs"]["pointerSize"] < 200 and told["usedStorage"] == sum(sizes.values())


def test_space_has_its_sdk(store):
    assert described(store, "spaces", card=b"---\nsdk: gradio\n---\n")["sdk"] == "gradio"
