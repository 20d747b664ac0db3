"""The check of `labels-15-87`."""

from __future__ import annotations

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


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
