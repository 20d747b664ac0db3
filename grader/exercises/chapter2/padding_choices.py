"""The check of `padding-choices`."""

from __future__ import annotations

import difflib
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

OPTIONS = ("padding", "truncation", "max_length", "pad_to_multiple_of", "return_tensors")
NAMES = ("to_longest", "to_forty", "to_eights", "at_most_twelve")
FIXED, CUT, STEP = 40, 12, 8


@exercise(
    "padding-choices",
    chapter=2,
    points=2,
    difficulty=3,
    minutes=15,
    asks=NAMES,
    hints=[
        "Filling up and cutting off are two choices. Which of the two does each task need, or both?",
        '`padding=True` or `"max_length"`, `truncation=True`, `max_length=…`, `pad_to_multiple_of=…`',
        "longest: pad; forty: pad to max_length, cut, say how long; eights: pad, to a multiple; twelve: pad to the "
        "longest, cut, say how long",
    ],
)
def padding_choices(answer: Answer, draw: Draw) -> str:
    """Choose the padding

    Each answer is a dictionary of options for a tokenizer call such as `tokenizer(texts, **to_longest)`:

    - `to_longest`: each batch as wide as its longest text, nothing cut off;
    - `to_forty`: always exactly 40 tokens wide, longer texts are cut;
    - `to_eights`: nothing cut off, and the smallest width that is a multiple of 8 and holds the longest text;
    - `at_most_twelve`: longer texts are cut to 12 tokens; the batch is no wider than its longest text is then.

    Special tokens count.
    """
    batches = [
        ["What a day!", "The rain has stopped."],
        [draw.choice(SENTENCES[:4]), SENTENCES[4]],
        # Longer than the model: only here does an option that cuts at its last place show.
        [draw.choice(SENTENCES), " ".join(draw.shuffled(SENTENCES) * 12)],
        [draw.choice(SENTENCES), " ".join(draw.shuffled(SENTENCES) * 2)],
    ]
    tokenizer = references.tokenizer(references.SENTIMENT)
    widths = {}
    for place, name in enumerate(NAMES):
        earned = place // 2
        options = _options(answer.value(name), name, earned=earned)
        for texts in batches:
            lengths = [len(ids) for ids in tokenizer(texts)["input_ids"]]
            rows = _rows(tokenizer, texts, options, name, earned)
            _judge(name, options, lengths, rows, earned)
            widths[name] = len(rows[0])
    told = ", ".join(f"{width} with `{name}`" for name, width in widths.items())
    return f"Widths of one batch: {told}. Padding costs time, cutting costs text."


def _options(value: Any, name: str, *, earned: int) -> dict:
    if not isinstance(value, dict):
        raise Wrong(
            "not-options",
            f"`{name}` is no dictionary of options.",
            got=shorten(value),
            wanted="names of options with their values, such as `dict(truncation=True)`",
            advice="Hand in the options, not what the tokenizer returns.",
            earned=earned,
        )
    if "input_ids" in value:
        raise Wrong(
            "batch-not-options",
            f"`{name}` is a batch already.",
            got=f"a dictionary with {', '.join(map(str, value))}",
            wanted="the options of the call alone, such as `dict(truncation=True)`",
            earned=earned,
            advice="The check calls the tokenizer itself, on texts of its own.",
        )
    for key in value:
        if key not in OPTIONS:
            near = difflib.get_close_matches(str(key), OPTIONS, n=1, cutoff=0.5)
            raise Wrong(
                "unknown-option",
                f"`{name}` has an option that this task does not need.",
                got=shorten(key),
                wanted="options for padding and truncation",
                advice=f"Did you mean `{near[0]}`?" if near else f"Look at {', '.join(OPTIONS[:4])}.",
                earned=earned,
            )
    for key, most in (("max_length", 512), ("pad_to_multiple_of", 512)):
        number = value.get(key)
        if number is not None and not (
            isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= most
        ):
            raise Wrong(
                "not-a-length",
                f"`{key}` in `{name}` is not a usable number of tokens.",
                got=shorten(number),
                wanted=f"a whole number from 1 to {most}, the number of places of this model",
                earned=earned,
                advice="A plain number, without quotes.",
            )
    for key in ("padding", "truncation"):
        if key in value and not isinstance(value[key], bool | str):
            raise Wrong(
                "not-a-choice",
                f"`{key}` in `{name}` is neither True nor a name.",
                got=shorten(value[key]),
                wanted="True, False or the name of a strategy in quotes",
                advice="How long belongs into another option.",
                earned=earned,
            )
    return {key: option for key, option in value.items() if key != "return_tensors"}


def _rows(tokenizer: Any, texts: list[str], options: dict, name: str, earned: int) -> list[list[int]]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return tokenizer(texts, **options)["input_ids"]
        except Exception as error:
            raise Wrong(
                "options-refused",
                f"The tokenizer does not take the options of `{name}`.",
                got=f"{type(error).__name__}: {str(error)[:150]}",
                advice=f"Call `tokenizer(texts, **{name})` in a cell of its own.",
                earned=earned,
            ) from None


def _judge(name: str, options: dict, lengths: list[int], rows: list[list[int]], earned: int) -> None:
    longest, widths = max(lengths), [len(row) for row in rows]
    cut = {"to_forty": FIXED, "at_most_twelve": CUT}.get(name)
    right = {
        "to_longest": longest,
        "to_forty": FIXED,
        "to_eights": -(-longest // STEP) * STEP,
        "at_most_twelve": min(longest, CUT),
    }[name]
    if widths == [right] * len(rows):
        return
    got = f"texts of {lengths} tokens became rows of {widths}"
    if cut is None and max(widths) < longest:
        raise Wrong(
            "text-lost",
            f"With `{name}` the end of a long text is cut off.",
            got=got,
            wanted="all tokens of each text",
            advice="Leave truncation alone here, and a length that you write down as well.",
            earned=earned,
        )
    if cut is None and options.get("padding") == "max_length" and options.get("max_length"):
        raise Wrong(
            "fixed-length",
            f"`{name}` fills up to a length that you have written down.",
            got=got,
            wanted="a width that follows the longest text of each batch",
            advice="The length is not known before the texts are: leave it out, and choose another kind of padding.",
            earned=earned,
        )
    if len(set(widths)) > 1 and (cut is None or max(widths) <= cut):
        raise Wrong(
            "not-padded",
            f"With `{name}` the rows have different lengths.",
            got=got,
            wanted="rows of one length, fit for a tensor",
            advice="Filling up has an option of its own, and it is off unless you ask for it.",
            earned=earned,
        )
    if cut and max(widths) > cut and longest > cut and max(widths) >= longest:
        raise Wrong(
            "not-cut",
            f"With `{name}` a long text keeps all its tokens.",
            got=got,
            wanted=f"no row longer than {cut}",
            advice="Cutting off needs two options: that it is done, and at which length.",
            earned=earned,
        )
    if options.get("padding") == "max_length" and options.get("max_length") is None:
        raise Wrong(
            "padded-to-the-limit",
            f"With `{name}` each row is as long as the model can read.",
            got=got,
            wanted="rows of the length that the task says",
            advice='`padding="max_length"` fills up to `max_length`; without that, to the last place of the model.',
            earned=earned,
        )
    if name == "to_forty" and widths[0] == longest:
        raise Wrong(
            "length-ignored",
            "With `to_forty` the rows are only as long as the longest text.",
            got=got,
            wanted="40 tokens, even when all texts are short",
            advice="`padding=True` fills up to the longest text, whatever the length you give.",
            earned=earned,
        )
    if name == "at_most_twelve" and longest < CUT and widths[0] > longest:
        raise Wrong(
            "always-wide",
            "With `at_most_twelve` short texts are filled up further than their longest.",
            got=got,
            wanted="no padding beyond the longest text of the batch",
            advice="Cutting and filling up are two choices: here, fill up to the longest.",
            earned=earned,
        )
    if name == "to_eights" and widths[0] == longest:
        raise Wrong(
            "no-multiple",
            "With `to_eights` the rows are as long as the longest text.",
            got=got,
            wanted="a multiple of 8",
            advice="There is an option for it; its name says what it does.",
            earned=earned,
        )
    raise Wrong(
        "other-width",
        f"With `{name}` the rows have another length.",
        got=got,
        wanted="the length that the task says, for short and for long texts",
        advice="Special tokens are part of the length.",
        earned=earned,
    )
