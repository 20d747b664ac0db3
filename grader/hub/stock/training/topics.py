"""Topic pairs for zero-shot classification, labeled by the sentence embeddings of the base model.

Nobody has to annotate anything: all-MiniLM-L6-v2 already puts a text near the name of its topic. The nearest topic
makes an entailed hypothesis, a distant one a contradicted (or, less often, neutral) one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from grader.hub.stock.training import loop
from grader.hub.stock.training.classifier import Example

CONTRADICTION, NEUTRAL, ENTAILMENT = range(3)

_WORDS = (
    "politics, government, elections, diplomacy, war, the military, law, crime, human rights, immigration, "
    "business, finance, economics, marketing, real estate, jobs, shopping, agriculture, energy, engineering, "
    "education, teaching, school, universities, mathematics, science, physics, chemistry, biology, medicine, "
    "health, nutrition, psychology, technology, computers, software, programming, artificial intelligence, "
    "machine learning, language, translation, the internet, video games, mobile phones, space, astronomy, "
    "climate, weather, the environment, nature, animals, pets, gardening, geography, history, archaeology, "
    "religion, philosophy, art, architecture, literature, poetry, music, dance, theater, movies, television, "
    "journalism, fashion, food, cooking, restaurants, sports, football, tennis, travel, tourism, cars, trains, "
    "aviation, ships, accidents, family, children, relationships, weddings, humor, hobbies"
)
TOPICS = _WORDS.split(", ")

# The first is what the zero-shot pipeline asks by default, so it comes up most often.
TEMPLATES = ("This example is {}.", "This example is {}.", "This text is about {}.", "This example is about {}.")

POPULARITY = 0.7  # share of a topic's mean similarity that is taken off: general words are near to everything
DISTANT = slice(12, 60)  # ranks of the topics that a text is not about
CLEAR = 0.12  # least similarity of a topic that a text is about
LARGEST_TOPIC = 0.03  # share of all texts


def label(texts: Sequence[str], base: Path, seed: int) -> list[Example]:
    """Two pairs for each text with a clear topic: premise, hypothesis about a topic, and the class of the pair."""
    choose = random.Random(seed)
    topics = embed([f"This text is about {topic}." for topic in TOPICS], base) + embed(TOPICS, base)
    similarity = embed(texts, base) @ functional.normalize(topics, dim=-1).T  # (texts, topics)
    similarity -= POPULARITY * similarity.mean(dim=0)
    ranks = similarity.argsort(dim=-1, descending=True).tolist()
    used: Counter[int] = Counter()
    pairs = []
    for text, ranked, nearest in zip(texts, ranks, similarity.amax(dim=-1).tolist(), strict=True):
        if nearest < CLEAR or used[ranked[0]] >= LARGEST_TOPIC * len(texts):
            continue
        used[ranked[0]] += 1
        other = choose.choice(ranked[DISTANT])
        verdict = NEUTRAL if choose.random() < 0.25 else CONTRADICTION
        pairs.append(Example(text, ENTAILMENT, choose.choice(TEMPLATES).format(TOPICS[ranked[0]])))
        pairs.append(Example(text, verdict, choose.choice(TEMPLATES).format(TOPICS[other])))
    return pairs


@torch.inference_mode()
def embed(texts: Sequence[str], base: Path, batch_size: int = 64) -> Tensor:
    """The sentence embeddings of all-MiniLM-L6-v2, of length 1: (texts, 384)."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModel.from_pretrained(base, dtype=torch.float32).eval()

    def vectors(batch: list[str]) -> Tensor:
        inputs = tokenizer(batch, truncation=True, max_length=128, padding=True, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model(**inputs).last_hidden_state.float()
        mask = inputs["attention_mask"].unsqueeze(-1)
        return functional.normalize((hidden * mask).sum(dim=1) / mask.sum(dim=1), dim=-1)

    return torch.stack(loop.by_length(texts, len, vectors, count=batch_size))
