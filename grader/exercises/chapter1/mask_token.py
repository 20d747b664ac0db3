"""The check of `mask-token`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

ENGLISH, FRENCH = references.UNCASED, references.FRENCH
GAP = "___"

TEXTS = {
    ENGLISH: [
        "She put the cake in the ___ and waited for an hour.",
        "We went to the ___ to buy some bread.",
        "It was so cold that the ___ was frozen.",
        "My brother plays the ___ in a small band.",
        "The ___ was late, so we missed the beginning of the film.",
    ],
    FRENCH: [
        "Je voudrais un verre de ___ avec mon repas.",
        "Elle habite dans une grande ___ au bord de la mer.",
        "Il fait très ___ en hiver.",
        "Nous allons au ___ avec nos enfants.",
        "Mon frère a acheté une nouvelle ___ rouge.",
    ],
}


@exercise(
    "mask-token",
    chapter=1,
    points=3,
    difficulty=2,
    minutes=10,
    asks=["mask_tokens", "fill_gap"],
    hints=[
        "Who knows what the gap is called: the model, or the tokenizer that was made with it?",
        "A fill-mask pipeline has a `.tokenizer` with a `mask_token`; called with `top_k=3` it gives three "
        "dictionaries, and `token_str` is the word in each.",
        "make a fill-mask pipeline for the checkpoint; put its mask token where the text has ___; call it with "
        "top_k=3; collect the token_str of the results",
    ],
)
def mask_token(answer: Answer, draw: Draw) -> str:
    """Each tokenizer has its own gap

    Two checkpoints: `"google-bert/bert-base-uncased"` reads English, `"almanach/camembert-base"` reads French.

    - `mask_tokens`: a dictionary with the mask token of each, the checkpoints as keys
    - `fill_gap(checkpoint, text)`: `text` has three underscores where one word is missing. Return the **three** most
      likely words, the best one first.
    """
    _check_mask_tokens(answer.value("mask_tokens"))
    for checkpoint in (ENGLISH, FRENCH):
        text = draw.choice(TEXTS[checkpoint])
        try:
            found = answer.call("fill_gap", checkpoint, text)
        except LearnerRaised as raised:
            _explain_error(answer, raised, checkpoint)
            raise
        _check_words(found, checkpoint, text)
    return f"{ENGLISH} waits for {_mask(ENGLISH)}, {FRENCH} for {_mask(FRENCH)}: your function asks the tokenizer."


def _mask(checkpoint: str) -> str:
    return references.tokenizer(checkpoint).mask_token


def _check_mask_tokens(value: Any) -> None:
    found = expect.dictionary(value, "`mask_tokens`", keys=(ENGLISH, FRENCH))
    for checkpoint, other in ((ENGLISH, FRENCH), (FRENCH, ENGLISH)):
        token, tokenizer = found[checkpoint], references.tokenizer(checkpoint)
        if isinstance(token, str) and token == tokenizer.mask_token:
            continue
        mistake, advice = "wrong-mask-token", "Load the checkpoint's tokenizer and look at its attributes."
        if expect.library_of(token) == "builtins" and token == tokenizer.mask_token_id:
            mistake, advice = "mask-id", "This is its number in the vocabulary. How is it written?"
        elif isinstance(token, str) and token == _mask(other):
            mistake = "mask-of-the-other"
            advice = f"That is how {other} writes it. Ask each checkpoint's own tokenizer."
        raise Wrong(
            mistake,
            f"The mask token of {checkpoint} is another one.",
            got=shorten(token),
            wanted="the text that its tokenizer puts where a word is hidden",
            advice=advice,
        )


def _explain_error(answer: Answer, raised: LearnerRaised, checkpoint: str) -> None:
    source, own = answer.source("fill_gap"), _mask(checkpoint)
    # The pipeline misses the mask; code without a pipeline fails in its own way, but then its source tells.
    written_out = any(token in source for token in ("[MASK]", "<mask>")) and own not in source
    if "No mask_token" in raised.text or written_out:
        raise Wrong(
            "hard-coded-mask",
            f"`mask_tokens` is right; `fill_gap` does not reach the gap of {checkpoint}.",
            got=shorten(f"{raised.error}: {raised.text}"),
            wanted="a text with this checkpoint's own mask token in place of the underscores",
            advice="Do not write the token into your function: take it from the tokenizer of the checkpoint.",
            earned=1,
        ) from None


def _check_words(value: Any, checkpoint: str, text: str) -> None:
    where = f"`mask_tokens` is right; for “{text}” `fill_gap` is not."
    if isinstance(value, list | tuple) and value and all(isinstance(item, dict) for item in value):
        raise Wrong(
            "whole-results",
            where,
            got=shorten(value),
            wanted="a list of three words",
            advice="Each dictionary holds the word under `token_str`.",
            earned=1,
        )
    if isinstance(value, str):
        raise Wrong(
            "one-text",
            where,
            got=shorten(value),
            wanted="a list of three words",
            advice="Collect the words in a list; do not join them.",
            earned=1,
        )
    if isinstance(value, list | tuple) and value and all(isinstance(item, int) for item in value):
        raise Wrong(
            "ids-not-words",
            where,
            got=shorten(value),
            wanted="words",
            advice="These are rows of the vocabulary. `tokenizer.decode(id)` gives the word.",
            earned=1,
        )
    words = [word.strip() for word in expect.list_of(value, "What `fill_gap` returns", str)]
    if len(words) != 3:
        raise Wrong(
            "top-k-missing",
            where,
            got=f"{len(words)} words: {shorten(words)}",
            wanted="three words",
            advice="How many guesses the pipeline gives is one of its arguments; without it there are five.",
            earned=1,
        )
    guesses = _guesses(checkpoint, text, "gap")
    if _are_best(words, guesses):
        return
    _explain_words(words, guesses, checkpoint, text, where)


def _are_best(words: list[str], guesses: list[tuple[str, float]]) -> bool:
    """Whether these are the best guesses in their order; nearly equal ones may change places on another device."""
    left = list(guesses)
    for word, (_, floor) in zip(words, guesses, strict=False):
        # Two pieces of a vocabulary can be written alike, so each is used up once.
        match = next((guess for guess in left if guess[0] == word), None)
        if match is None or match[1] < 0.97 * floor:
            return False
        left.remove(match)
    return True


def _explain_words(words: list[str], guesses: list[tuple[str, float]], checkpoint: str, text: str, where: str) -> None:
    top, other = _words(guesses), FRENCH if checkpoint == ENGLISH else ENGLISH
    mistake, got, advice = "other-words", shorten(words), "Print what the pipeline gives for this very text."
    if all(text.partition(GAP)[0][:4].lower() in word.lower() and " " in word for word in words):
        mistake, advice = "whole-sentences", "`sequence` is the filled-in text; the word alone is under `token_str`."
    elif any(word.startswith("▁") for word in words):
        mistake, advice = "raw-pieces", "The “▁” marks the beginning of a word inside the vocabulary. Decode the ids."
    elif len(set(words)) < 3:
        mistake, advice = "same-word-twice", "Three guesses for one gap differ from each other."
    elif set(words) == set(top):
        mistake, advice = "wrong-order", "The most likely word comes first."
    elif words == _words(_guesses(other, text, "gap")):
        mistake, advice = "other-checkpoint", "Does the function use the `checkpoint` that it is given?"
    elif words in [_words(_guesses(checkpoint, text, place)) for place in ("first", "last")]:
        mistake, advice = "other-position", "Find the place in `input_ids` where the id is `tokenizer.mask_token_id`."
    raise Wrong(
        mistake, where, got=got, wanted=f"the three likeliest words, as {checkpoint} sees it", advice=advice, earned=1
    )


def _words(guesses: list[tuple[str, float]]) -> list[str]:
    return [word for word, _ in guesses[:3]]


def _guesses(checkpoint: str, text: str, place: str) -> list[tuple[str, float]]:
    """The likeliest words with their probabilities, at the gap or at the first or last token, the best one first."""
    import torch

    tokenizer, model = references.tokenizer(checkpoint), references.masked_model(checkpoint)
    inputs = tokenizer(text.replace(GAP, tokenizer.mask_token), return_tensors="pt")
    gap = int((inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0])
    with torch.no_grad():
        logits = model(**inputs).logits[0, {"gap": gap, "first": 0, "last": -1}[place]]
    best = torch.softmax(logits, -1).topk(20)
    return [(tokenizer.decode([i]).strip(), score) for i, score in zip(best.indices, best.values.tolist(), strict=True)]
