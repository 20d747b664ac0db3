"""The check of `wrong-pair`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong

NEVER = "\N{LOZENGE}"  # no text holds it
# The three setups of the chapter: whose tokenizer, whose model.
SETUPS = {
    "reviews": (references.MINILM, references.SENTIMENT),
    "gaps": (references.UNCASED, references.CASED),
    "vectors": (references.UNCASED, references.MINILM),
}
# What `fits` is asked. The last two models are the check's own, with BERT's name, kind and number of pieces.
Pair = tuple[str, str]
FITTING: Pair = (references.MINILM, references.SENTIMENT)
SMALLER: Pair = (references.UNCASED, references.CASED)
LARGER: Pair = (references.CASED, references.UNCASED)
SAME_SIZE: Pair = (references.UNCASED, "bert-base-uncased (of this check: as many pieces, but other ones)")
SAME_PIECES: Pair = (references.UNCASED, "bert-base-uncased (of this check: the same pieces, numbered otherwise)")


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
    broken = next(name for name, setup in SETUPS.items() if not _same_ids(*setup, texts))
    parts = Parts()
    with parts.worth(1), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        given = _look_alikes(Path(folder), draw)
        found = {}
        for pair in draw.shuffled([FITTING, SMALLER, LARGER, SAME_SIZE, SAME_PIECES]):
            found[pair] = _yes_or_no(answer.call("fits", pair[0], given.get(pair, pair[1])))
        _judge_fits(found)
    with parts.worth(1):
        _judge_name(answer.value("wrong_setup"), broken)
    with parts.worth(1):
        _judge_mended(answer.value("mended"), broken, texts)
    parts.settle()
    return "Names and sizes prove nothing: a pair fits when the tokenizer gives the ids that the model was trained on."


def _look_alikes(folder: Path, draw: Draw) -> dict[Pair, str]:
    """Two checkpoints on the disk, without weights: BERT's own tokenizer with a vocabulary that was tampered with."""
    from transformers import BertConfig

    names = {pair: folder / part / "bert-base-uncased" for pair, part in ((SAME_SIZE, "a"), (SAME_PIECES, "b"))}
    for pair, name in names.items():
        references.tokenizer(references.UNCASED).save_pretrained(name)
        BertConfig().save_pretrained(name)
        file = name / "tokenizer.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        vocab = content["model"]["vocab"]  # piece -> id
        ordinary = [piece for piece in vocab if not piece.startswith("[")]
        if pair == SAME_PIECES:
            ids, step = [vocab[piece] for piece in ordinary], draw.integer(100, 20_000)
            vocab.update(zip(ordinary, ids[step:] + ids[:step], strict=True))
        else:
            words = {piece for piece in ordinary if len(piece) > 1 and piece.isalpha()}
            content["model"]["vocab"] = {piece + NEVER * (piece in words): id for piece, id in vocab.items()}
        file.write_text(json.dumps(content), encoding="utf-8")
    return {pair: str(name) for pair, name in names.items()}


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


def _judge_fits(found: dict[Pair, bool]) -> None:
    right = {FITTING: True, SMALLER: False, LARGER: False, SAME_SIZE: False, SAME_PIECES: False}
    wrong = [pair for pair in found if found[pair] != right[pair]]
    if not wrong:
        return
    no_fit = "False: this model was trained with other ids"
    if len(wrong) == len(found):
        raise Wrong(
            "upside-down",
            "`fits` says yes where it should say no, and no where it should say yes.",
            got=_told(wrong[0], found),
            wanted="True when the two belong together",
            advice="`==` or `!=`?",
        )
    if FITTING in wrong and len(wrong) > 1:
        raise Wrong(
            "names-compared",
            "`fits` refuses a pair that fits, and takes one that does not: it seems to go by the names.",
            got=_told(FITTING, found),
            wanted="True: this tokenizer makes the very ids that the model was trained with",
            advice="A name is chosen by whoever uploads. Compare what the tokenizers do with a text.",
        )
    if FITTING in wrong:
        raise Wrong(
            "pair-refused",
            "`fits` refuses a pair that fits.",
            got=_told(FITTING, found),
            wanted="True: this tokenizer makes the very ids that the model was trained with",
            advice="Checkpoints with different names can share one vocabulary. Compare what the tokenizers do.",
        )
    if found[SMALLER] != found[LARGER]:
        raise Wrong(
            "only-the-range",
            "`fits` takes a pair that does not fit, and refuses the same two the other way around.",
            got=_told(SMALLER if found[SMALLER] else LARGER, found),
            wanted=no_fit,
            advice="An id that is small enough for the table only keeps the model from stopping. Is it the same word?",
        )
    if found[SMALLER]:
        raise Wrong(
            "too-easily-pleased",
            "`fits` takes a pair that does not fit.",
            got=_told(SMALLER, found),
            wanted=no_fit,
            advice="Two tokenizers can be of one kind, and agree on many words. Try a text with capital letters and "
            "rare words, and compare what the model would get.",
        )
    if found[SAME_SIZE]:
        raise Wrong(
            "sizes-compared",
            "`fits` takes two vocabularies of one size for the same.",
            got=_told(SAME_SIZE, found),
            wanted=no_fit,
            advice="As many rows are not the same rows. What do both tokenizers make of a text?",
        )
    raise Wrong(
        "pieces-compared",
        "`fits` looks at the pieces, and not at their ids.",
        got=_told(SAME_PIECES, found),
        wanted=no_fit,
        advice="The model never sees the pieces. What does it see in their place?",
    )


def _told(pair: Pair, found: dict[Pair, bool]) -> str:
    return f"{found[pair]} for the tokenizer of {pair[0]} and the model of {pair[1]}"


def _judge_name(value: Any, broken: str) -> None:
    names = ", ".join(f'"{name}"' for name in SETUPS)
    if isinstance(value, list | tuple) and tuple(value) == SETUPS[broken]:
        raise Wrong(
            "setup-not-name",
            "`wrong_setup` is the setup itself.",
            got=shorten(value),
            wanted=f"its name, one of {names}",
            advice="Hand in the key, not what it stands for.",
        )
    if not isinstance(value, str) or value not in SETUPS:
        raise Wrong(
            "no-setup",
            "`wrong_setup` is no name of a setup.",
            got=shorten(value),
            wanted=f"one of {names}",
            advice="A text in quotes, spelled as in `setups`.",
        )
    if value != broken:
        raise Wrong(
            "sound-setup",
            "This setup is sound.",
            got=repr(value),
            wanted="the one whose model was trained with other ids",
            advice="Call your own `fits` for each of the three.",
        )


def _judge_mended(value: Any, broken: str, texts: list[str]) -> None:
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(isinstance(name, str) for name in value):
        raise Wrong(
            "not-two-names",
            "`mended` is no setup.",
            got=shorten(value),
            wanted="two names of checkpoints: whose tokenizer, whose model",
            advice="Write both in parentheses, with a comma between them.",
        )
    tokenizer_name, model_name = value
    if tuple(value) == SETUPS[broken]:
        raise Wrong(
            "not-mended",
            "`mended` is the setup as it was.",
            got=shorten(value),
            wanted="another tokenizer",
            advice="Which tokenizer was this model trained with?",
        )
    if model_name != SETUPS[broken][1]:
        raise Wrong(
            "model-changed",
            "The model is another one now.",
            got=f"the model of {shorten(model_name, 60)}",
            wanted="the model as it was; only the tokenizer changes",
            advice="The first name is the tokenizer's, the second the model's.",
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
        ) from None
    if not same:
        raise Wrong(
            "still-wrong",
            "This tokenizer does not fit either.",
            got=f"the tokenizer of {tokenizer_name}",
            wanted="one that makes the ids this model was trained with",
            advice="Call your own `fits` with the new pair.",
        )
