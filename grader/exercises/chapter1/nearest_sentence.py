"""The check of `nearest-sentence`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

TOLERANCE = 2e-3  # a GPU or another order of sums moves the last digits

# A question, and the sentence that belongs to it.
PAIRS = [
    ("How do I get my money back?", "Refunds take five days."),
    ("Where can I leave my bicycle?", "There is a rack for bikes behind the house."),
    ("Is there a vegetarian dish?", "Two of our meals come without meat."),
    ("The heating in my room is broken.", "Call the janitor if the radiator stays cold."),
    ("When does the museum open?", "The galleries let visitors in from ten o'clock."),
    ("Can I bring my dog?", "Pets are welcome."),
    ("I forgot my password.", "A new login can be requested on the start page."),
]
LONG = [
    "For groups of more than twelve people we ask you to write to us at least two weeks before the day of your visit, "
    "so that somebody who speaks your language can show you around.",
    "The garden behind the old mill was laid out in the nineteenth century by a family of merchants, who brought home "
    "trees and seeds from each of their long journeys across the sea.",
]


@exercise(
    "nearest-sentence",
    chapter=1,
    points=3,
    difficulty=4,
    minutes=25,
    asks=["nearest_sentence"],
    hints=[
        "In a batch the short sentences carry padding. What tells you which vectors belong to words?",
        "`attention_mask.unsqueeze(-1)` has shape (batch, tokens, 1), and a product with 0 leaves nothing. "
        "`torch.nn.functional.normalize` makes vectors of length 1.",
        "encode with padding; multiply the token vectors by the mask and add them up over the tokens; divide by the "
        "number of ones; normalize; dot products of the query with all sentences; return argmax and maximum",
    ],
)
def nearest_sentence(answer: Answer, draw: Draw) -> str:
    """Which sentence is nearest?

    Write `nearest_sentence(query, sentences)` with `encoder` and `encoder_tokenizer` from above.

    - A sentence's vector is the mean over its own tokens, special tokens included and padding left out.
    - Compare vectors by cosine similarity.
    - Return the index of the sentence that is nearest to `query`, and its similarity.
    """
    for _ in range(2):
        pairs = draw.sample(PAIRS, 4)
        query, right = pairs[0]
        sentences = draw.shuffled([sentence for _, sentence in pairs] + [draw.choice(LONG)])
        try:
            index, similarity = _pair(answer.call("nearest_sentence", query, list(sentences)), sentences)
        except LearnerRaised as raised:
            _explain_error(raised)
            raise
        reference = _similarities(query, sentences)
        best = int(reference.argmax())
        if index == best and abs(similarity - reference[best]) <= TOLERANCE:
            continue
        _explain(index, similarity, query, sentences, reference)
    return f"“{query}” is nearest to “{sentences[best]}”, with a similarity of {similarity:.2f}."


def _pair(value: Any, sentences: list[str]) -> tuple[int, float]:
    if expect.library_of(value) in ("torch", "numpy") and tuple(value.shape) == (2,):
        value = value.tolist()
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong(
            "not-a-pair",
            "`nearest_sentence` does not return two things.",
            got=shorten(value),
            wanted="the index and the similarity",
            advice="`return index, similarity` gives back both.",
        )
    if isinstance(value[0], str) and value[0] in sentences:
        raise Wrong(
            "sentence-not-index",
            "The first thing is the sentence itself.",
            got=shorten(value[0]),
            wanted="its index in the list",
            advice="`argmax` gives the index.",
        )
    index = expect.integer(value[0], "The index")
    similarity = expect.number(value[1], "The similarity")
    if index not in range(len(sentences)):
        raise Wrong(
            "index-outside",
            "There is no sentence of this index.",
            got=f"{index} for a list of {len(sentences)} sentences",
            wanted=f"an index from 0 to {len(sentences) - 1}",
            advice="Was the query part of the list that you searched?",
        )
    return index, similarity


def _explain_error(raised: LearnerRaised) -> None:
    """Vectors (batch, tokens, size) meet a mask (batch, tokens): PyTorch compares the axes from the last one on."""
    if match := re.search(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)", raised.text):
        size = references.base_model(references.MINILM).config.hidden_size
        if size in map(int, match.groups()):
            raise Wrong(
                "mask-lacks-an-axis",
                "Vectors and mask do not fit together.",
                got=f"an axis of {match[1]} places beside one of {match[2]}",
                wanted="a mask that meets all numbers of a token with the same 0 or 1",
                advice="The vectors have shape (batch, tokens, size), the mask (batch, tokens). Shapes are compared "
                "from the right: `unsqueeze(-1)` appends an axis of 1 to the mask.",
            ) from None


def _explain(index: int, similarity: float, query: str, sentences: list[str], reference: Any) -> None:
    best = int(reference.argmax())

    def refuse(mistake: str, message: str, advice: str) -> None:
        raise Wrong(
            mistake,
            message,
            got=f"sentence {index} with {similarity:.4f} for “{query}”",
            wanted="the largest cosine similarity of means over each sentence's own tokens",
            advice=advice,
        )

    def is_like(values: Any, place: Any = None) -> bool:
        place = values.argmax() if place is None else place
        return index == int(place) and abs(similarity - float(values[int(place)])) <= TOLERANCE

    if is_like(reference, reference.argmin()):
        refuse("farthest", "This is the sentence that is farthest away.", "A high cosine similarity means near.")
    if abs(similarity - 1) <= TOLERANCE:
        refuse("finds-itself", "The query found itself.", "Leave the query out of the list that you search.")
    if abs(similarity - reference[best]) <= TOLERANCE:
        advice = "Count from 0, and see whether the query itself stands in the list that you searched."
        refuse("index-shifted", "The similarity is right, the index is not.", advice)
    if index == best and abs(similarity - 100 * reference[best]) <= 100 * TOLERANCE:
        refuse("in-percent", "The similarity is a hundred times too large.", "A cosine lies between -1 and 1.")
    for together in (True, False):
        all_tokens = (_similarities(query, sentences, "all", see_padding=see, together=together) for see in (0, 1))
        if any(map(is_like, all_tokens)):
            advice = "Compare mask and vectors: which of them may take part in the sum, and by how many is it divided?"
            refuse("padding-averaged", "The padding takes part in the mean.", advice)
        if is_like(_similarities(query, sentences, see_padding=True, together=together)):
            advice = "The model needs the `attention_mask` too: pass everything that the tokenizer returns."
            refuse("mask-not-passed", "The model looked at the padding.", advice)
    if is_like(_similarities(query, sentences, pool="first")):
        refuse(
            "first-token", "This is the vector of the first token alone.", "This model was trained with a mean instead."
        )
    if is_like(_similarities(query, sentences, pool="inner")):
        advice = "The mean runs over all tokens of the sentence, `[CLS]` and `[SEP]` too."
        refuse("special-tokens-left-out", "The special tokens are left out.", advice)
    if is_like(_similarities(query, sentences, pool="sum", measure="dot")) or is_like(
        _similarities(query, sentences, measure="dot")
    ):
        advice = "Long vectors win a plain dot product. What length must all of them have?"
        refuse("not-normalized", "This is a dot product of vectors of different length.", advice)
    for unit in (True, False):
        distances = _similarities(query, sentences, measure="unit distance" if unit else "distance")
        if is_like(distances, distances.argmin()):
            refuse(
                "distance",
                "This is a distance.",
                "The nearest sentence has the largest cosine similarity, not the smallest.",
            )
    if index != best:
        advice = "Print the similarities of all sentences: is each of them between -1 and 1?"
        refuse("other-sentence", f"The nearest sentence is not “{sentences[index]}”.", advice)
    advice = "Encode two sentences of different length alone and in a batch: are their vectors the same?"
    refuse("other-similarity", "The sentence is right, its similarity is not.", advice)


def _similarities(
    query: str,
    sentences: list[str],
    pool: str = "mean",
    measure: str = "cosine",
    see_padding: bool = False,
    together: bool = True,
) -> Any:
    """How near each sentence is to the query; `together` tells whether the query is in one batch with them."""
    import torch

    if together:
        vectors = _vectors([query, *sentences], pool, see_padding)
    else:
        vectors = torch.cat([_vectors([query], pool, see_padding), _vectors(sentences, pool, see_padding)])
    if measure in ("cosine", "unit distance"):
        vectors = torch.nn.functional.normalize(vectors, dim=-1)
    if "distance" in measure:
        return (vectors[1:] - vectors[0]).norm(dim=-1).numpy()
    return (vectors[1:] @ vectors[0]).numpy()


def _vectors(texts: list[str], pool: str, see_padding: bool) -> Any:
    import torch

    inputs = references.tokenizer(references.MINILM)(texts, padding=True, return_tensors="pt")
    mask = inputs["attention_mask"]
    if see_padding:
        inputs["attention_mask"] = torch.ones_like(mask)
    with torch.no_grad():
        hidden = references.base_model(references.MINILM)(**inputs).last_hidden_state
    if pool == "first":
        return hidden[:, 0]
    if pool == "all":
        return hidden.mean(1)
    if pool == "inner":
        mask = torch.cat([torch.zeros_like(mask[:, :1]), mask[:, 2:], torch.zeros_like(mask[:, :1])], -1)
    total = (hidden * mask.unsqueeze(-1)).sum(1)
    return total if pool == "sum" else total / mask.sum(1, keepdim=True)
