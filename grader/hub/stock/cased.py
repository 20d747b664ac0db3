"""A cased WordPiece vocabulary for the uncased body: what stands in for bert-base-cased.

all-MiniLM-L6-v2 knows lower-case pieces only. Each piece that begins a word gets a Capitalized twin, short ones an
UPPER-CASE twin as well (most are acronyms), and letters with accents get the place of their plain letter. A twin
starts with a copy of its original's embedding, so that the model reads "Hello" as it reads "hello", while the
tokenizer keeps the case, as the course's lessons on tokenizers need it.
"""

from __future__ import annotations

import json
import shutil
import string
import unicodedata
from pathlib import Path

import numpy as np

from grader.hub.stock.assemble import NO_LENGTH_RULES, encoder, write_config, write_json, write_weights

CONTINUES = "##"  # marks a piece that does not begin a word
LONGEST_UPPER = 5  # letters
ACCENTED = [chr(code) for code in range(0xC0, 0x180)]  # Latin-1 Supplement and Latin Extended-A


def write_cased(base: Path, checkpoint: Path) -> None:
    """Writes the checkpoint folder of a cased `BertModel` made from all-MiniLM-L6-v2 in `base`."""
    checkpoint.mkdir(parents=True, exist_ok=True)
    tokenizer = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    origins = twins(vocabulary)
    rows = [vocabulary[origin] for origin in origins.values()]
    for twin in origins:
        vocabulary[twin] = len(vocabulary)

    tensors = encoder(base)
    words = tensors["embeddings.word_embeddings.weight"]  # (vocabulary, hidden)
    tensors["embeddings.word_embeddings.weight"] = np.concatenate([words, words[rows]])
    write_weights(tensors, checkpoint)
    write_config(base, checkpoint, "BertModel", {"vocab_size": len(vocabulary)})

    tokenizer["normalizer"] |= {"lowercase": False, "strip_accents": False}
    write_json(checkpoint / "tokenizer.json", tokenizer | NO_LENGTH_RULES)
    settings = json.loads((base / "tokenizer_config.json").read_text(encoding="utf-8"))
    del settings["name_or_path"]
    write_json(checkpoint / "tokenizer_config.json", settings | {"do_lower_case": False, "strip_accents": False})
    lines = "".join(f"{piece}\n" for piece in vocabulary)
    (checkpoint / "vocab.txt").write_text(lines, encoding="utf-8", newline="\n")
    shutil.copyfile(base / "special_tokens_map.json", checkpoint / "special_tokens_map.json")


def twins(vocabulary: dict[str, int]) -> dict[str, str]:
    """New piece -> the piece of `vocabulary` whose embedding it copies, in the order of the new rows."""
    origins: dict[str, str] = {}
    for piece in sorted(vocabulary, key=vocabulary.__getitem__):
        if piece.isalpha() and piece.islower():
            origins[piece.capitalize()] = piece
            if len(piece) <= LONGEST_UPPER:
                origins[piece.upper()] = piece
    for letter in string.ascii_lowercase:
        origins[CONTINUES + letter.upper()] = CONTINUES + letter
    for letter in ACCENTED:
        plain = unicodedata.normalize("NFD", letter)[0].lower()
        if plain in string.ascii_lowercase:
            origins[letter] = plain
            origins[CONTINUES + letter] = CONTINUES + plain
    return {twin: origin for twin, origin in origins.items() if twin not in vocabulary}
