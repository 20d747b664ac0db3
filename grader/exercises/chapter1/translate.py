"""The check of `translate`."""

from __future__ import annotations

from functools import cache
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.chrf import chrf
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Opaque

# Short and long ones, so that a batch needs padding; two good translations each.
SHORT = {
    "Où est la gare ?": ("Where is the station?", "Where is the train station?"),
    "Paul aime la musique.": ("Paul likes music.", "Paul loves music."),
    "Il fait froid ce matin.": ("It is cold this morning.", "It's cold this morning."),
    "Le café est trop chaud.": ("The coffee is too hot.", "This coffee is too hot."),
    "Les enfants jouent dans le jardin.": (
        "The children are playing in the garden.",
        "The children are playing in the yard.",
    ),
}
LONG = {
    "Nous cherchons un hôtel près de la gare.": (
        "We are looking for a hotel near the station.",
        "We're looking for a hotel close to the train station.",
    ),
    "Ma sœur travaille dans un hôpital depuis trois ans.": (
        "My sister has been working in a hospital for three years.",
        "My sister has worked in a hospital for three years.",
    ),
    "Mes parents habitent dans un petit village.": (
        "My parents live in a small village.",
        "My parents live in a little village.",
    ),
    "Le train pour Marseille part à midi.": (
        "The train to Marseille leaves at noon.",
        "The train for Marseille leaves at midday.",
    ),
    "La maison de ma grand-mère est près de la mer.": (
        "My grandmother's house is near the sea.",
        "My grandmother's house is close to the ocean.",
    ),
}
FLOOR = 0.85  # of what the checkpoint itself reaches


@exercise(
    "translate",
    chapter=1,
    points=3,
    difficulty=3,
    minutes=18,
    asks=["to_english"],
    hints=[
        "The tokenizer takes a list of texts as well. What does it need to make one rectangle of numbers out of "
        "sentences of different length?",
        "`padding=True` fills the short ones up. `batch_decode` turns all rows of numbers into texts, and "
        "`skip_special_tokens=True` leaves out what is not text.",
        "inputs = the tokenizer, called with the sentences, padding and tensors of PyTorch; written = what the "
        "translator generates from these inputs; return the decoded batch without special tokens",
    ],
)
def translate(answer: Answer, draw: Draw) -> str:
    """A list of sentences into English

    Write `to_english(sentences)` with `translator` and `translator_tokenizer`. It takes a **list** of French sentences
    and returns a list of English ones, plain texts in the same order.

    Your translations are compared with two good ones by **chrF**, which counts the runs of letters that they share: 100
    is the same text ([Popović 2015](https://aclanthology.org/W15-3049/)).
    """
    known = SHORT | LONG
    sentences = draw.shuffled([*draw.sample(list(SHORT), 2), *draw.sample(list(LONG), 2)])
    found = _texts(answer.call("to_english", list(sentences)), sentences)
    right = [known[sentence] for sentence in sentences]
    own = [_translation(sentence) for sentence in sentences]
    if found != own and found == _translations_without_mask(tuple(sentences)):
        _refuse_padding_read(found, own, sentences)
    floor = FLOOR * _mean(own, right)
    score = _mean(found, right)
    if score < floor:
        _explain(found, sentences, right, floor)
    return f"chrF {score:.0f} of 100. “{sentences[0]}” became “{found[0]}”"


def _mean(texts: list[str], right: list[tuple[str, ...]]) -> float:
    return sum(chrf(text, good) for text, good in zip(texts, right, strict=True)) / len(texts)


@cache
def _translation(sentence: str) -> str:
    """What the checkpoint itself makes of a sentence."""
    import torch

    tokenizer = references.tokenizer(references.TRANSLATOR)
    with torch.no_grad():
        written = references.translator().generate(**tokenizer(sentence, return_tensors="pt"))
    return tokenizer.decode(written[0], skip_special_tokens=True)


@cache
def _translations_without_mask(sentences: tuple[str, ...]) -> list[str]:
    """What the checkpoint makes of a padded batch when it is not told which tokens are padding."""
    import torch

    tokenizer = references.tokenizer(references.TRANSLATOR)
    inputs = tokenizer(list(sentences), padding=True, return_tensors="pt")
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    with torch.no_grad():
        written = references.translator().generate(**inputs)
    return tokenizer.batch_decode(written, skip_special_tokens=True)


def _refuse_padding_read(found: list[str], own: list[str], sentences: list[str]) -> None:
    row = next(row for row, text in enumerate(found) if text != own[row])
    raise Wrong(
        "mask-missing",
        "The translator read the padding as if it were words.",
        got=f"“{found[row]}” for “{sentences[row]}”",
        wanted="the translations that come out when each sentence is read alone",
        advice="`generate` needs the attention mask too: hand over all that the tokenizer returns, with `**`.",
        earned=1,
    )


def _texts(value: Any, sentences: list[str]) -> list[str]:
    if isinstance(value, str):
        raise Wrong(
            "one-text",
            "`to_english` returns one text.",
            got=shorten(value),
            wanted="a list with one text for each sentence",
            advice="`decode` makes one text out of one row; a batch has many rows.",
        )
    if _is_numbers(value):
        raise Wrong(
            "ids-not-text",
            "`to_english` returns numbers.",
            got=f"a tensor of shape {tuple(value.shape)}" if hasattr(value, "shape") else shorten(value),
            wanted="texts",
            advice="These are the ids of tokens. The tokenizer turns them back into text.",
        )
    if isinstance(value, list | tuple) and value and all(isinstance(item, list | tuple) for item in value):
        raise Wrong(
            "nested-list",
            "`to_english` returns a list of lists.",
            got=shorten(value),
            wanted="one list of texts",
            advice="Decoding one row with `batch_decode` gives a list of its own. Collect the texts themselves.",
        )
    texts = expect.list_of(value, "What `to_english` returns", str)
    if len(texts) != len(sentences):
        raise Wrong(
            "wrong-length",
            "The number of translations is not that of the sentences.",
            got=f"{len(texts)} texts for {len(sentences)} sentences",
            wanted="one text for each sentence",
            advice="Does your function `return` inside a loop, or decode the first row only?",
        )
    if marked := [text for text in texts if any(mark in text for mark in ("<pad>", "</s>", "▁"))]:
        raise Wrong(
            "special-tokens",
            "The translations hold tokens that are not text.",
            got=shorten(marked[0]),
            wanted="plain texts",
            advice="Let the tokenizer decode the ids, and look at its argument for special tokens.",
        )
    return texts


def _is_numbers(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(_is_numbers(item) for item in value)
    return not isinstance(value, Opaque) and (
        isinstance(value, int | float) or (expect.library_of(value) in ("torch", "numpy") and bool(value.shape))
    )


def _explain(found: list[str], sentences: list[str], right: list[tuple[str, ...]], floor: float) -> None:
    def refuse(mistake: str, message: str, row: int, wanted: str, advice: str) -> None:
        got = f"“{shorten(found[row])[1:-1]}” for “{sentences[row]}”"
        raise Wrong(mistake, message, got=got, wanted=wanted, advice=advice)

    scores = [chrf(text, good) for text, good in zip(found, right, strict=True)]
    worst = scores.index(min(scores))
    if not any(text.strip() for text in found):
        refuse("empty", "The translations are empty.", 0, "English sentences", "Print the ids before you decode them.")
    if all(chrf(text, [sentence]) > 90 for text, sentence in zip(found, sentences, strict=True)):
        advice = "The sentences went through the tokenizer and back. Where does the model come in?"
        refuse("source-returned", "These are the French sentences.", 0, "English sentences", advice)
    if len(set(found)) == 1:
        advice = "Is there a fixed row or sentence, such as `[0]`, where each one should have its turn?"
        refuse("same-for-all", "All translations are the same.", worst, "one for each sentence", advice)
    nearest = [max(range(len(right)), key=lambda row: chrf(text, right[row])) for text in found]
    if sorted(nearest) == list(range(len(found))) != nearest:
        best = [found[nearest.index(row)] for row in range(len(found))]
        if _mean(best, right) >= floor:
            advice = "If you sort the sentences or collect them in a set, put the results back in the order given."
            refuse("order-lost", "The translations are in another order.", worst, "the order of the sentences", advice)
    own = [_translation(sentence) for sentence in sentences]
    if all(mine.startswith(text.strip().rstrip(".?!…")) for text, mine in zip(found, own, strict=True)):
        advice = "How many tokens may the translator write? Leave the limit out, or raise it."
        refuse("cut-off", "The translations break off.", worst, "whole sentences", advice)
    refuse(
        "other-text",
        "The translations are too far from the good ones.",
        worst,
        f"chrF of at least {floor:.0f} on average; yours is {sum(scores) / len(scores):.0f}",
        "Translate this sentence alone, as in the lesson, and compare.",
    )
