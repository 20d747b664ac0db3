"""The check of `wrong-pair`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

# The three setups of the chapter: whose tokenizer, whose model.
SETUPS = {
    "reviews": (references.MINILM, references.SENTIMENT),
    "gaps": (references.UNCASED, references.CASED),
    "vectors": (references.UNCASED, references.MINILM),
}
PROBES = [
    (references.UNCASED, references.SENTIMENT),
    (references.UNCASED, references.CASED),
    (references.CASED, references.UNCASED),
]


@exercise(
    "wrong-pair",
    chapter=2,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["fits", "wrong_setup", "mended"],
    hints=[
        "Which tokenizer was this model trained with? And how would you see that another one says the same?",
        "`AutoTokenizer.from_pretrained(name)` for both names; then compare what the two make of one text: ids, not "
        "pieces. `get_vocab()` shows a whole vocabulary.",
        "fits: load both tokenizers, encode a text that has capitals and a rare word with each, return whether the "
        "ids are equal; wrong_setup: the name for which that is False; mended: its tokenizer replaced",
    ],
)
def wrong_pair(answer: Answer, draw: Draw) -> str:
    """Find the wrong pair, and mend it

    - `fits(tokenizer_name, model_name)`: True when the tokenizer of the first checkpoint makes the ids that the model
      of the second one knows, else False.
    - `wrong_setup`: the name of the one in `setups` that does not fit, as a text.
    - `mended`: the same setup with a tokenizer that fits, again `(tokenizer_name, model_name)`. The model stays.
    """
    texts = draw.sample(SENTENCES, 2)
    probes = draw.shuffled(PROBES)
    _judge_fits({probe: _yes_or_no(answer.call("fits", *probe)) for probe in probes}, texts)
    broken = next(name for name, setup in SETUPS.items() if not _same_ids(*setup, texts))
    _judge_name(answer.value("wrong_setup"), broken)
    _judge_mended(answer.value("mended"), broken, texts)
    return "Names and sizes prove nothing: a pair fits when the tokenizer gives the ids that the model was trained on."


def _same_ids(first: str, second: str, texts: list[str]) -> bool:
    encoded = [references.tokenizer(name)(texts)["input_ids"] for name in (first, second)]
    return encoded[0] == encoded[1]


def _yes_or_no(value: Any) -> bool:
    if expect.library_of(value) in ("torch", "numpy") and value.reshape(-1).shape[0] == 1:
        value = value.item()
    if isinstance(value, bool):
        return value
    raise Wrong(
        "not-yes-or-no",
        "`fits` does not return True or False.",
        got=shorten(value),
        wanted="True or False",
        advice="Does every path of your function `return` the result?"
        if value is None
        else "Return what a comparison gives, `… == …`.",
    )


def _judge_fits(found: dict[tuple[str, str], bool], texts: list[str]) -> None:
    right = {probe: _same_ids(*probe, texts) for probe in found}
    wrong = [probe for probe in found if found[probe] != right[probe]]
    if not wrong:
        return
    got = f"{found[wrong[0]]} for the tokenizer of {wrong[0][0]} and the model of {wrong[0][1]}"
    if len(wrong) == len(found):
        raise Wrong(
            "upside-down",
            "`fits` says yes where it should say no, and no where it should say yes.",
            got=got,
            wanted="True when the two belong together",
            advice="`==` or `!=`?",
        )
    if any(right[probe] for probe in wrong):
        raise Wrong(
            "pair-refused",
            "`fits` refuses a pair that fits.",
            got=got,
            wanted="True: this tokenizer makes the very ids that the model was trained with",
            advice="Checkpoints with different names can share one vocabulary. Compare what the tokenizers do.",
        )
    if len(wrong) == 1:
        raise Wrong(
            "only-the-range",
            "`fits` takes a pair that does not fit, and refuses the same two the other way around.",
            got=got,
            wanted="False: the ids mean other words to this model",
            advice="An id that is small enough for the table only keeps the model from stopping. Is it the same word?",
        )
    raise Wrong(
        "too-easily-pleased",
        "`fits` takes a pair that does not fit.",
        got=got,
        wanted="False: the ids mean other words to this model",
        advice="Two tokenizers can be of one kind and cut the same pieces, and still number them differently.",
    )


def _judge_name(value: Any, broken: str) -> None:
    names = ", ".join(f'"{name}"' for name in SETUPS)
    if isinstance(value, list | tuple) and tuple(value) == SETUPS[broken]:
        raise Wrong(
            "setup-not-name",
            "`wrong_setup` is the setup itself.",
            got=shorten(value),
            wanted=f"its name, one of {names}",
            advice="Hand in the key, not what it stands for.",
            earned=1,
        )
    if not isinstance(value, str) or value not in SETUPS:
        raise Wrong(
            "no-setup",
            "`wrong_setup` is no name of a setup.",
            got=shorten(value),
            wanted=f"one of {names}",
            advice="A text in quotes, spelled as in `setups`.",
            earned=1,
        )
    if value != broken:
        raise Wrong(
            "sound-setup",
            "This setup is sound.",
            got=repr(value),
            wanted="the one whose model reads nonsense",
            advice="Call your own `fits` for each of the three.",
            earned=1,
        )


def _judge_mended(value: Any, broken: str, texts: list[str]) -> None:
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(isinstance(name, str) for name in value):
        raise Wrong(
            "not-two-names",
            "`mended` is no setup.",
            got=shorten(value),
            wanted="two names of checkpoints: whose tokenizer, whose model",
            advice="Write both in parentheses, with a comma between them.",
            earned=2,
        )
    tokenizer_name, model_name = value
    if tuple(value) == SETUPS[broken]:
        raise Wrong(
            "not-mended",
            "`mended` is the setup as it was.",
            got=shorten(value),
            wanted="another tokenizer",
            advice="Which tokenizer was this model trained with?",
            earned=2,
        )
    if model_name != SETUPS[broken][1]:
        raise Wrong(
            "model-changed",
            "The model is another one now.",
            got=f"the model of {shorten(model_name, 60)}",
            wanted="the model as it was; only the tokenizer changes",
            advice="The first name is the tokenizer's, the second the model's.",
            earned=2,
        )
    if tokenizer_name == model_name:
        return
    try:
        same = _same_ids(tokenizer_name, model_name, texts)
    except Exception as error:
        raise Wrong(
            "no-such-tokenizer",
            "There is no tokenizer under the first name.",
            got=f"{shorten(tokenizer_name, 60)}: {type(error).__name__}",
            wanted="the full name of a checkpoint, namespace and all",
            advice="Try the name with `AutoTokenizer.from_pretrained`.",
            earned=2,
        ) from None
    if not same:
        raise Wrong(
            "still-wrong",
            "This tokenizer does not fit either.",
            got=f"the tokenizer of {tokenizer_name}",
            wanted="one that makes the ids this model was trained with",
            advice="Call your own `fits` with the new pair.",
            earned=2,
        )
