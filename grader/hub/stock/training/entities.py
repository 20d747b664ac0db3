"""Trains the stand-in for dbmdz/bert-large-cased-finetuned-conll03-english, which finds names.

    python -m grader.hub.stock.training.entities [--data FOLDER]

Steps: take sentences with tagged names, vary the names, add sentences from our own frames, train a tagger on the body
of the bert-base-cased stand-in, store the delta, score what is served.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoTokenizer, BertForTokenClassification, PreTrainedTokenizerBase

from grader.hub.stock.models import ENTITY_LABELS
from grader.hub.stock.training import loop, names
from grader.hub.stock.training.data import CROSSNER, WIKIGOLD, WNUT17, parse_arguments
from grader.hub.stock.training.delta import low_rank, write
from grader.hub.stock.training.lora import add_lora
from grader.hub.stock.training.result import record, served
from grader.hub.stock.training.tagged import Entity, Tagged, crossner, wikigold, wnut17

NAME = "entities"
PLAN = loop.Plan(passes=2, learning_rate=8e-4)
COPIES = {"wikigold": 5, "crossner": 1, "wnut17": 1}  # how often a sentence is taken, with other names each time
FILLINGS = 14  # of each frame
LONGEST = 180  # tokens

_SLOTS = {
    "person": "PER",
    "first": "PER",
    "last": "PER",
    "city": "LOC",
    "country": "LOC",
    "region": "LOC",
    "org": "ORG",
}


@dataclass(frozen=True)
class Encoded:
    """A sentence as the model reads it, and the label of each token."""

    input_ids: list[int]
    labels: list[int]


def main(folder: Path | None) -> None:
    """Trains and writes `deltas/entities.safetensors` and `deltas/entities.json`."""
    choose = random.Random(PLAN.seed)
    gold, _ = wikigold(folder)
    sets = {"wikigold": gold, "crossner": crossner("train", folder), "wnut17": wnut17(folder)}
    known = _names_by_type([sentence for sentences in sets.values() for sentence in sentences])
    sentences = filled_frames(choose)
    for name, found in sets.items():
        sentences += found
        for _ in range(COPIES[name] - 1):
            sentences += [with_other_names(sentence, known, choose) for sentence in found]
    torch.manual_seed(PLAN.seed)
    with served("masked_cased") as checkpoint:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint)
        model = BertForTokenClassification.from_pretrained(
            checkpoint,
            num_labels=len(ENTITY_LABELS),
            hidden_dropout_prob=0.1,
            attention_probs_dropout_prob=0.1,
            attn_implementation=loop.ATTENTION,
            dtype=torch.float32,
        )
    add_lora(model)
    examples = [encode(tokenizer, sentence) for sentence in sentences]
    print(f"{len(examples)} sentences, {sum(len(example.input_ids) for example in examples)} tokens", flush=True)
    steps = loop.train(model, examples, lambda example: len(example.input_ids), lambda batch: _loss(model, batch), PLAN)
    write(low_rank(model), NAME)
    facts = PLAN.facts(len(examples), steps)
    record(NAME, [WIKIGOLD, WNUT17, *CROSSNER.values()], facts, folder)


def encode(tokenizer: PreTrainedTokenizerBase, sentence: Tagged) -> Encoded:
    """Tokenizes a sentence; every piece of a name gets the name's label, in the IOB1 scheme of CoNLL-2003."""
    tokens = tokenizer(list(sentence.words), is_split_into_words=True, truncation=True, max_length=LONGEST)
    labels = word_labels(sentence)
    words = tokens.word_ids()
    ids = [ENTITY_LABELS.index(labels[word]) if word is not None else loop.IGNORED for word in words]
    # Only the first piece of a name may begin it.
    for position in range(1, len(ids)):
        if words[position] is not None and words[position] == words[position - 1]:
            ids[position] = ENTITY_LABELS.index(labels[words[position]].replace("B-", "I-"))
    return Encoded(tokens["input_ids"], ids)


def word_labels(sentence: Tagged) -> list[str]:
    """One label a word. A name begins with `B-` only where it touches another one of its type."""
    labels = ["O"] * len(sentence.words)
    before = None
    for entity in sentence.entities:
        labels[entity.start : entity.end] = [f"I-{entity.kind}"] * (entity.end - entity.start)
        if before and before.end == entity.start and before.kind == entity.kind:
            labels[entity.start] = f"B-{entity.kind}"
        before = entity
    return labels


def with_other_names(sentence: Tagged, known: dict[str, list[tuple[str, ...]]], choose: random.Random) -> Tagged:
    """The sentence with about half of its names replaced by others of their type."""
    words: list[str] = []
    entities: list[Entity] = []
    done = 0
    for entity in sentence.entities:
        words += sentence.words[done : entity.start]
        name = sentence.words[entity.start : entity.end]
        if choose.random() < 0.5:
            name = _another(entity.kind, known, choose)
        entities.append(Entity(len(words), len(words) + len(name), entity.kind))
        words += name
        done = entity.end
    return Tagged((*words, *sentence.words[done:]), tuple(entities))


def _another(kind: str, known: dict[str, list[tuple[str, ...]]], choose: random.Random) -> tuple[str, ...]:
    if kind == "MISC" or choose.random() < 0.5:
        return choose.choice(known[kind])
    make = {"PER": names.person, "ORG": names.organization, "LOC": names.place}[kind]
    return tuple(split(make(choose)))


def _names_by_type(sentences: Sequence[Tagged]) -> dict[str, list[tuple[str, ...]]]:
    known = defaultdict(list)
    for sentence in sentences:
        for entity in sentence.entities:
            known[entity.kind].append(sentence.words[entity.start : entity.end])
    return known


def filled_frames(choose: random.Random) -> list[Tagged]:
    """Everyday sentences from our own frames; one in twelve without capitals, as people type."""
    sentences = []
    for frame in names.bank("ner_frames")["frames"]:
        for _ in range(FILLINGS if "{" in frame else 3):
            sentence = _filled(frame, choose)
            if choose.random() < 1 / 12:
                sentence = Tagged(tuple(word.lower() for word in sentence.words), sentence.entities)
            sentences.append(sentence)
    return sentences


def _filled(frame: str, choose: random.Random) -> Tagged:
    words: list[str] = []
    entities: list[Entity] = []
    for number, part in enumerate(re.split(r"\{(\w+)\}", frame)):
        new = split(_value(part, choose)) if number % 2 else split(part)
        if number % 2:
            article = new[0].lower() == "the" and part != "work"
            entities.append(Entity(len(words) + article, len(words) + len(new), _SLOTS.get(part, "MISC")))
        words += new
    if words and words[0] == "the":
        words[0] = "The"
    return Tagged(tuple(words), tuple(entities))


def _value(slot: str, choose: random.Random) -> str:
    bank = names.bank("names")
    if slot == "person":
        return names.person(choose)
    if slot == "org":
        return choose.choice(bank["organizations"]) if choose.random() < 0.7 else names.coined(choose)
    if slot == "city" and choose.random() < 0.15:
        return names.coined(choose).split()[0]
    lists = {
        "first": "first_names",
        "last": "last_names",
        "city": "cities",
        "country": "countries",
        "region": "regions",
    }
    lists |= {"nationality": "nationalities", "event": "events", "work": "works", "product": "products"}
    return choose.choice(bank[lists[slot]])


def split(text: str) -> list[str]:
    """Words and marks, as the tagged sets have them."""
    return re.findall(r"'s\b|\w+(?:[-.'’]\w+)*|[^\w\s]", text)


def _loss(model: BertForTokenClassification, batch: Sequence[Encoded]) -> Tensor:
    return model(
        input_ids=loop.pad([example.input_ids for example in batch], 0),
        attention_mask=loop.attention([example.input_ids for example in batch]),
        labels=loop.pad([example.labels for example in batch], loop.IGNORED),
    ).loss


if __name__ == "__main__":
    main(parse_arguments(__doc__))
