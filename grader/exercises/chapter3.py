"""Checks of chapter 3: fine-tuning a pretrained model."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Made


@exercise(
    "labels-15-87",
    chapter=3,
    points=2,
    difficulty=1,
    minutes=5,
    asks=["label_train_15", "label_validation_87"],
    hints=[
        "What does one element of a split look like, and which of its keys holds the label?",
        '`raw_datasets["train"][15]["label"]` is a number; `features["label"].int2str(…)` gives its name.',
        "read the label of both elements; turn each number into its name with the split's features",
    ],
)
def labels_15_87(answer: Answer, draw: Draw) -> str:
    """Read two labels

    Look at the element with index 15 of the **train** split and at the one with index 87 of the **validation** split.

    Set `label_train_15` and `label_validation_87` to the **names** of their labels.
    """
    splits = references.mrpc()
    names = splits["train"].features["label"].names
    wanted = {"label_train_15": ("train", 15), "label_validation_87": ("validation", 87)}
    right = {name: names[splits[split][index]["label"]] for name, (split, index) in wanted.items()}
    given = {name: answer.value(name) for name in wanted}
    for name, value in given.items():
        if isinstance(value, int | float):
            raise Wrong(
                "number-instead-of-name",
                f"`{name}` is the number of the label.",
                got=shorten(value),
                wanted="the name that belongs to it",
                advice='`raw_datasets["train"].features["label"]` knows the names.',
            )
        if not isinstance(value, str) or value not in names:
            raise Wrong(
                "not-a-label",
                f"`{name}` is not a label of this data set.",
                got=shorten(value),
                wanted=f"one of {', '.join(names)}",
            )
    wrong = [name for name in wanted if given[name] != right[name]]
    if not wrong:
        return f"Pair 15 is {right['label_train_15']}, pair 87 is {right['label_validation_87']}."
    if len(wrong) == 2 and [given[name] for name in wanted] == list(right.values())[::-1]:
        raise Wrong(
            "swapped",
            "Each has the label of the other.",
            got=shorten(given),
            advice="Are the two variables swapped, or the names of 0 and 1? The features know the names.",
        )
    name = wrong[0]
    split, index = wanted[name]
    other = "validation" if split == "train" else "train"
    earned = 1 if len(wrong) == 1 else 0
    if given[name] == names[splits[other][index]["label"]]:
        raise Wrong(
            "wrong-split",
            f"`{name}` is the label of element {index} of another split.",
            got=given[name],
            wanted=f"the label from the {split} split",
            advice=f'Start from `raw_datasets["{split}"]`.',
            earned=earned,
        )
    raise Wrong(
        "off-by-one",
        f"`{name}` is not the label of element {index}.",
        got=given[name],
        wanted=f"the label of the element with index {index}",
        advice="Indices start at 0. Did you take the fifteenth element instead of the one with index 15?",
        earned=earned,
    )


@exercise(
    "collate",
    chapter=3,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["collate"],
    hints=[
        "What must be the same for all rows of a tensor? And for which rows is it not yet?",
        "`max(len(f['input_ids']) for f in features)` and `torch.tensor(rows)`; a model looks for `labels`.",
        "find the longest length; for each of the three keys fill every row up with zeros and stack them; "
        "add labels: one number for each row",
    ],
)
def collate(answer: Answer, draw: Draw) -> str:
    """A collate function of your own

    A collate function makes one batch out of a list of examples. Write `collate(features)`.

    - Each feature is a dictionary with lists `input_ids`, `token_type_ids`, `attention_mask`, and a number `label`.
    - Return a dictionary of tensors with the keys `input_ids`, `token_type_ids`, `attention_mask` and `labels`.
    - Pad with 0 up to the longest example **of this batch**, like `DataCollatorWithPadding`.
    """
    for _ in range(3):
        # The longest example is never the first: a length taken from there must come to light.
        lengths = sorted(draw.integers(4, 5, 24))
        lengths = [lengths[0], *draw.shuffled(lengths[1:])]
        _check_batch(answer, [_feature(draw, length) for length in lengths])
    return "Each batch is as long as its longest example and no longer."


def _check_batch(answer: Answer, features: list[dict[str, Any]]) -> None:
    longest = max(len(feature["input_ids"]) for feature in features)
    value = expect.dictionary(answer.call("collate", features), "What `collate` returns")
    if "labels" not in value:
        raise Wrong(
            "labels-dropped",
            "The batch has no `labels`.",
            got=f"the keys {', '.join(map(str, value))}",
            wanted="`labels`: one number for each example",
            advice="The features call it `label`; a model computes its loss from `labels`.",
        )
    expect.dictionary(value, "What `collate` returns", keys=KEYS)
    for key in (*KEYS, "labels"):
        if type(value[key]).__module__.partition(".")[0] != "torch":
            raise Wrong(
                "not-tensors",
                f"`{key}` is not a torch tensor.",
                got="a list of rows" if isinstance(value[key], list) else shorten(value[key], 60),
                wanted="a tensor",
                advice="Wrap the rows in `torch.tensor(…)` once they have the same length.",
            )
    for key in KEYS:
        found = expect.array(value[key], f"`{key}`")
        if found.ndim == 2 and found.shape[0] == len(features) and found.shape[1] > longest:
            raise Wrong(
                "fixed-length",
                "The batch is longer than its longest example.",
                got=f"{found.shape[1]} tokens for each row",
                wanted=f"{longest}, the longest example of this batch",
                advice="Dynamic padding saves the time spent on padding: ask the batch for its own longest length.",
            )
        if key == "attention_mask" and found.shape == (len(features), longest) and (found == 1).all():
            raise Wrong(
                "mask-not-padded",
                "The attention mask says that the padding is text.",
                got="1 everywhere",
                wanted="0 where there is padding",
                advice="Pad the mask with 0 as well.",
                earned=1,
            )
        right = [feature[key] + [0] * (longest - len(feature[key])) for feature in features]
        rows = expect.whole_numbers(value[key], f"`{key}`", shape=(len(features), longest)).astype(int).tolist()
        if rows != right:
            raise Wrong(
                "other-values",
                f"`{key}` does not hold the examples with zeros after them.",
                got=shorten(next(row for row, wanted in zip(rows, right, strict=True) if row != wanted)),
                wanted="each example in its own row, then zeros",
            )
    labels = expect.array(value["labels"], "`labels`")
    if labels.shape != (len(features),) or labels.tolist() != [feature["label"] for feature in features]:
        raise Wrong(
            "other-labels",
            "`labels` does not fit the examples.",
            got=f"shape {labels.shape}, {shorten(labels.astype(int).tolist(), 60)}",
            wanted=f"shape ({len(features)},): one label for each example, in their order",
            earned=1,
        )
    expect.whole_numbers(value["labels"], "`labels`", shape=labels.shape)


KEYS = ("input_ids", "token_type_ids", "attention_mask")


def _feature(draw: Draw, length: int) -> dict[str, Any]:
    first = draw.integer(2, length - 2)
    return {
        "input_ids": [101, *(draw.integer(1000, 9000) for _ in range(length - 2)), 102],
        "token_type_ids": [0] * first + [1] * (length - first),
        "attention_mask": [1] * length,
        "label": draw.integer(0, 1),
    }


@exercise(
    "compute-metrics",
    chapter=3,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["compute_metrics"],
    hints=[
        "The model gives two numbers for each pair. How do they become one answer?",
        '`np.argmax(logits, axis=-1)` and `evaluate.load("glue", "mrpc").compute(predictions=…, references=…)`.',
        "split eval_pred into logits and labels; argmax over the last axis; let the metric compare",
    ],
)
def compute_metrics(answer: Answer, draw: Draw) -> str:
    """Count what is right

    The Trainer calls `compute_metrics(eval_pred)` after each evaluation. `eval_pred` holds `predictions`
    (logits, shape (pairs, 2)) and `label_ids` (shape (pairs,)).

    Return `{"accuracy": …, "f1": …}`, both between 0 and 1, where 1 (equivalent) is the positive label.
    """
    import numpy
    from sklearn.metrics import accuracy_score, f1_score

    for pairs in draw.integers(2, 20, 60):
        logits = draw.tensor(pairs, 2).numpy()
        labels = numpy.array([1 if draw.number(0, 1) < 0.7 else 0 for _ in range(pairs)])
        probe = Made("predictions", {"predictions": logits, "label_ids": labels})
        try:
            returned = answer.call("compute_metrics", probe)
        except LearnerRaised as raised:
            _explain_metric_error(raised)
            raise
        value = expect.dictionary(returned, "What `compute_metrics` returns", keys=("accuracy", "f1"))
        found = expect.array([value["accuracy"], value["f1"]], "The two metrics", shape=(2,))
        predictions = logits.argmax(-1)
        right = numpy.array([accuracy_score(labels, predictions), f1_score(labels, predictions)])
        if expect.close(found, right):
            continue
        got = f"accuracy {found[0]:.3f}, f1 {found[1]:.3f}"
        if (found > 1).any():
            raise Wrong("percent", "The metrics are in percent.", got=got, wanted="numbers between 0 and 1")
        if expect.close(
            found, numpy.array([accuracy_score(labels, 1 - predictions), f1_score(labels, 1 - predictions)])
        ):
            raise Wrong(
                "argmin",
                "The less likely label is taken.",
                got=got,
                wanted="the label with the highest logit",
                advice="argmax, not argmin.",
            )
        if expect.close(found, right[::-1]):
            raise Wrong("swapped-metrics", "Accuracy and F1 have changed places.", got=got)
        if expect.close(found, right, tolerance=6e-3):
            raise Wrong("rounded", "The metrics are rounded.", got=got, wanted="the numbers as they are computed")
        if abs(found[0] - right[0]) < 1e-4 and abs(found[1] - f1_score(labels, predictions, pos_label=0)) < 1e-4:
            raise Wrong(
                "f1-of-label-0",
                "The F1 score is the one of label 0.",
                got=got,
                wanted="the F1 score of label 1 (equivalent)",
                earned=1,
            )
        if abs(found[0] - right[0]) < 1e-4:
            raise Wrong(
                "other-f1",
                "The accuracy is right, the F1 score is not.",
                got=got,
                wanted="the F1 score of label 1",
                advice='Macro averages answer another question. `evaluate.load("glue", "mrpc")` gives both.',
                earned=1,
            )
        raise Wrong(
            "other-metrics",
            "The metrics do not fit the logits and labels.",
            got=got,
            wanted="the share of right answers, and the F1 score of label 1",
            advice="The prediction for a pair is the position of its highest logit.",
        )
    return "Accuracy and F1 are right on logits that we drew."


def _explain_metric_error(raised: LearnerRaised) -> None:
    """The two usual mistakes make the metric itself complain, in words that do not name them."""
    text = raised.text.lower()
    if "inconsistent number" in text or "mismatch in the number" in text:
        raise Wrong(
            "argmax-axis",
            "There is not one prediction for each pair.",
            got="another number of predictions than of labels",
            wanted="one predicted label for each pair",
            advice="Which axis of the logits holds the labels: 0 or -1?",
        ) from None
    if "continuous" in text or "multi-label" in text or "format" in text or "mix of" in text:
        raise Wrong(
            "logits-as-predictions",
            "The logits themselves were taken as predictions.",
            got="two numbers for each pair",
            wanted="one predicted label for each pair",
            advice="Take the position of the highest logit first.",
        ) from None
