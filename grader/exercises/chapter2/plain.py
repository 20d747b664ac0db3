"""What several checks of this chapter do: read token ids, however a learner holds them; cut words; ask for a batch."""

from __future__ import annotations

import re
from typing import Any

from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


def words_of(text: str) -> list[str]:
    """A text in lower case, cut into words and punctuation marks, as the chapter's `split_words` does it."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


def token_ids(value: Any, name: str, *, earned: float = 0) -> list[int]:
    """The token ids of one text, from a list, a tuple, or a tensor or array with one axis."""
    library = expect.library_of(value)
    plain = value.tolist() if library in ("torch", "numpy") and value.ndim == 1 else value
    if isinstance(plain, list | tuple) and plain and all(isinstance(item, str) for item in plain):
        raise Wrong(
            "tokens-not-ids",
            f"{name} is a list of tokens, not of ids.",
            got=shorten(value),
            wanted="whole numbers: the place of each token in the vocabulary",
            advice="One step is still missing: look each token up.",
            earned=earned,
        )
    if not isinstance(plain, list | tuple) or any(isinstance(i, bool) or not isinstance(i, int) for i in plain):
        nested = isinstance(plain, list | tuple) and any(isinstance(item, list | tuple) for item in plain)
        nested = nested or (library in ("torch", "numpy") and value.ndim > 1)
        raise Wrong(
            "not-a-list-of-ids",
            f"{name} is not a list of ids.",
            got=shorten(value),
            wanted="a list of whole numbers",
            advice="This is a batch, with one more axis: take its first row." if nested else _advice(value),
            earned=earned,
        )
    return list(plain)


def call_with_texts(answer: Answer, name: str, texts: list[str]) -> Any:
    """What the learner's function returns for texts of different lengths; names the missing padding when it fails."""
    try:
        return answer.call(name, texts)
    except LearnerRaised as raised:
        if "padding" not in raised.text:
            raise
        raise Wrong(
            "no-padding",
            "Texts of different lengths do not fit into one tensor yet.",
            got=f"{raised.error}: {raised.text[:90]}…",
            wanted="one batch for all texts",
            advice="Ask the tokenizer to fill the shorter ones up: `padding=True`.",
        ) from None


def _advice(value: Any) -> str:
    return "Does every path of your function `return` the result?" if value is None else ""
