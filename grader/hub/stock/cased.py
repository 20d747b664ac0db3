"""A cased WordPiece vocabulary for the uncased body: what stands in for bert-base-cased.

all-MiniLM-L6-v2 knows lower-case pieces only. Each piece that begins a word gets a Capitalized twin, short ones an
UPPER-CASE twin as well (most are acronyms), and letters with accents get the place of their plain letter. A twin's
embedding is that of its original plus a vector that all twins of its kind share: three trained vectors make a cased
vocabulary out of an uncased one.
"""

from __future__ import annotations

import json
import shutil
import string
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np

from grader.hub.stock import assemble
from grader.hub.stock.assemble import CASE_VECTORS, WORD_EMBEDDINGS, Tensors, write_json

CONTINUES = "##"  # marks a piece that does not begin a word
LONGEST_UPPER = 5  # letters
ACCENTED = [chr(code) for code in range(0xC0, 0x180)]  # Latin-1 Supplement and Latin Extended-A
KINDS = ("Capitalized", "UPPER-CASE", "accented")


def tokenizer_json(base: Path) -> dict[str, Any]:
    """The content of `tokenizer.json` with the twins behind the pieces of the tokenizer in `base`."""
    tokenizer = assemble.tokenizer_json(base)
    pieces: dict[str, int] = tokenizer["model"]["vocab"]
    for twin in twins(pieces):
        pieces[twin] = len(pieces)
    tokenizer["normalizer"] |= {"lowercase": False, "strip_accents": False}
    return tokenizer


def twin_rows(base: Path) -> tuple[list[int], list[int]]:
    """For each twin, in the order of their ids: the id of its original, and its kind as an index of `KINDS`."""
    uncased = assemble.tokenizer_json(base)["model"]["vocab"]
    found = twins(uncased).values()
    return [uncased[origin] for origin, _ in found], [kind for _, kind in found]


def with_twins(tensors: Tensors, base: Path) -> Tensors:
    """The tensors of a checkpoint with the word embeddings grown to the cased vocabulary: (cased, hidden)."""
    origins, kinds = twin_rows(base)
    words = tensors[WORD_EMBEDDINGS]
    grown = np.concatenate([words, words[origins] + tensors[CASE_VECTORS][kinds]])
    return tensors | {WORD_EMBEDDINGS: grown}


def write_tokenizer(base: Path, checkpoint: Path) -> None:
    """Writes the files of the cased tokenizer."""
    tokenizer = tokenizer_json(base)
    write_json(checkpoint / "tokenizer.json", tokenizer)
    settings = json.loads((base / "tokenizer_config.json").read_text(encoding="utf-8"))
    del settings["name_or_path"]
    write_json(checkpoint / "tokenizer_config.json", settings | {"do_lower_case": False, "strip_accents": False})
    lines = "".join(f"{piece}\n" for piece in tokenizer["model"]["vocab"])
    (checkpoint / "vocab.txt").write_text(lines, encoding="utf-8", newline="\n")
    shutil.copyfile(base / "special_tokens_map.json", checkpoint / "special_tokens_map.json")


def twins(vocabulary: dict[str, int]) -> dict[str, tuple[str, int]]:
    """New piece -> its original in `vocabulary` and its kind, in the order of the new rows."""
    capitalized, upper, accented = range(len(KINDS))
    found: dict[str, tuple[str, int]] = {}
    for piece in sorted(vocabulary, key=vocabulary.__getitem__):
        # Not "ı": its capital is that of "i".
        if piece.isalpha() and piece.islower() and piece.capitalize().lower() == piece:
            found[piece.capitalize()] = piece, capitalized
            if len(piece) <= LONGEST_UPPER:
                found.setdefault(piece.upper(), (piece, upper))
    for letter in string.ascii_lowercase:
        found[CONTINUES + letter.upper()] = CONTINUES + letter, upper
    for letter in ACCENTED:
        plain = unicodedata.normalize("NFD", letter)[0].lower()
        if plain in string.ascii_lowercase:
            found[letter] = plain, accented
            found[CONTINUES + letter] = CONTINUES + plain, accented
    return {twin: origin for twin, origin in found.items() if twin not in vocabulary}
