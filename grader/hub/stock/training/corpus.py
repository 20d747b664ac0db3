"""Open texts without labels, for learning words: what the masked-word stand-ins read."""

from __future__ import annotations

import random
import re
from pathlib import Path

from grader.hub.stock.training import names, phrasebook
from grader.hub.stock.training.data import CROSSNER, SQUADSHIFTS, TATOEBA, WIKITEXT, load

ENGLISH_SOURCES = (WIKITEXT, *SQUADSHIFTS, *CROSSNER.values(), TATOEBA)
ENGLISH_SENTENCES = 60_000  # of Tatoeba's, which are short and alike
FORUM_TEXTS = 1_000  # of Reddit's and of Amazon's each
FRENCH_FILLINGS = 40  # of each frame
SEED = 0


def english(folder: Path | None, *, whole: bool = False) -> list[str]:
    """Paragraphs of Wikipedia and of forums, and everyday sentences in groups of one to four; shuffled.

    Of forums and everyday sentences only a part, so that Wikipedia weighs more; all of them if `whole`.
    """
    choose = random.Random(SEED)
    texts = wikitext("train", folder)
    for source in SQUADSHIFTS:
        contexts = sorted({row["context"].strip() for row in load(source, "train", folder)})
        choose.shuffle(contexts)
        texts += contexts if whole or source.config == "new_wiki" else contexts[:FORUM_TEXTS]
    for source in CROSSNER.values():
        texts += [detokenized(" ".join(row["tokens"])) for row in load(source, "train", folder)]
    sentences = sorted({row["en"].strip() for row in load(TATOEBA, "train", folder)})
    choose.shuffle(sentences)
    return texts + grouped(sentences if whole else sentences[:ENGLISH_SENTENCES], choose)


def encyclopedia(folder: Path | None) -> list[str]:
    """What `english` has of Wikipedia: whole paragraphs, and the sentences of CrossNER."""
    texts = wikitext("train", folder)
    new_wiki = next(source for source in SQUADSHIFTS if source.config == "new_wiki")
    texts += sorted({row["context"].strip() for row in load(new_wiki, "train", folder)})
    for source in CROSSNER.values():
        texts += [detokenized(" ".join(row["tokens"])) for row in load(source, "train", folder)]
    return texts


def wikitext(split: str, folder: Path | None) -> list[str]:
    """The paragraphs of WikiText-2, written in the ordinary way; headings and very short ones left out."""
    lines = [row["text"].strip() for row in load(WIKITEXT, split, folder)]
    return [detokenized(line) for line in lines if len(line.split()) > 12]


def french(split: str, folder: Path | None) -> list[str]:
    """Tatoeba's French sentences; those of `train` are not in `validation`."""
    sentences = {plain(row["fr"]) for row in load(TATOEBA, split, folder)}
    if split == "train":
        sentences -= set(french("validation", folder))
    return sorted(sentences)


def french_frames(choose: random.Random) -> list[str]:
    """Everyday sentences from our own frames, above all on food, which Tatoeba says little about."""
    bank = names.bank("fr_frames")
    return [
        re.sub(r"\{(\w+)\}", lambda slot: choose.choice(bank[slot[1]]), frame)
        for frame in bank["frames"]
        for _ in range(FRENCH_FILLINGS if "{" in frame else 4)
    ]


def everyday(language: str, choose: random.Random) -> list[str]:
    """The sentences of our phrasebook in French ("fr") or in English ("en"), each once."""
    return sorted({pair[("fr", "en").index(language)] for pair in phrasebook.pairs(choose)})


def plain(text: str) -> str:
    """Text with ordinary spaces and apostrophes."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


def grouped(sentences: list[str], choose: random.Random) -> list[str]:
    """The sentences in groups of one to four: an input may be one sentence or several."""
    groups, start = [], 0
    while start < len(sentences):
        size = choose.randint(1, 4)
        groups.append(" ".join(sentences[start : start + size]))
        start += size
    return groups


def detokenized(text: str) -> str:
    """Text whose words and punctuation stand apart, as people write it."""
    text = text.replace("<unk>", "[UNK]")
    text = re.sub(r" @([-,.])@ ", r"\1", text)
    text = re.sub(r" ([,.;:?!%)\]]|'s\b|'t\b|n't\b|'re\b|'ve\b|'ll\b|'d\b)", r"\1", text)
    text = re.sub(r"([(\[$£]) ", r"\1", text)
    text = text.replace("[ UNK]", "[UNK]")
    text = re.sub(r'" (.*?) "', r'"\1"', text)
    return re.sub(r"``\s*(.*?)\s*''", r'"\1"', text)
