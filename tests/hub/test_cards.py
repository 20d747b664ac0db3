"""Cards: good ones, careless ones and hostile ones."""

from __future__ import annotations

import json

import pytest

from grader.hub.info import cards


def card(yaml: str) -> str:
    return f"---\n{yaml}\n---\n# Title\n"


@pytest.mark.parametrize(
    ("readme", "data"),
    [
        (card("license: mit"), {"license": "mit"}),
        (card("license: mit").replace("\n", "\r\n"), {"license": "mit"}),
        ("\ufeff" + card("a: 1"), {"a": 1}),
        (card(""), {}),
        ("# no metadata\n---\nnot: metadata\n---\n", {}),
        ("", {}),
        ("---\nno: end\n", {}),
        (card("date: 2020-01-02\nscore: .nan\n1: one"), {"date": "2020-01-02", "score": None, "1": "one"}),
        (card("a: &x [1]\nb: *x"), {"a": [1], "b": [1]}),
        (card('a: "\\uD800"\nb: 0x' + "f" * 6000), {"a": "?", "b": None}),
    ],
)
def test_metadata(readme, data):
    assert cards.metadata(readme) == data
    json.dumps(cards.metadata(readme), allow_nan=False)


LAUGHS = "\n".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 20)}]" if before else f"{name}: &{name} [lol]"
    for before, name in zip(["", *"abcdefg"], "abcdefgh", strict=True)
)


@pytest.mark.parametrize(
    "yaml",
    [
        "a: [",
        "- a list",
        "text",
        "a: " + "[" * 50_000,
        "a: &x [*x]",
        LAUGHS,
        "date: 2021-13-45",
        "a: !!bool x",
        "a: !!timestamp x",
        "a: !!python/object/apply:os.system [ls]",
        "a: " + "9" * 5000,
        "a: \x00",
        "? [a]\n: b",
        "a: " + "x" * 500_000,
    ],
    ids=range(14),
)
def test_unreadable_metadata(yaml):
    with pytest.raises(cards.BadCard):
        cards.metadata(card(yaml))
    errors, warnings = cards.problems(card(yaml))
    assert errors and not warnings


@pytest.mark.parametrize("yaml", ["language: no", "tags: [1, 2]", "tags: {a: 1}", "pipeline_tag: [x]", "license: 3"])
def test_values_of_the_wrong_kind(yaml):
    assert cards.problems(card(yaml))[0]


@pytest.mark.parametrize(
    "yaml", ["license: [mit, gpl]", "language: en", "tags: []", "metrics:\n- accuracy", "model-index: [{}]"]
)
def test_values_of_the_right_kind(yaml):
    assert cards.problems(card(yaml)) == ([], [])


def test_missing_metadata_is_only_a_warning():
    errors, warnings = cards.problems("# Title")
    assert not errors and "empty or missing" in warnings[0]
