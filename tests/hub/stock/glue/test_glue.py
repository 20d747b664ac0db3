"""The generated GLUE: real schema and sizes, clean text, hidden test labels, nothing shared between splits."""

import re
from collections import Counter
from itertools import chain

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import ClassLabel, Value, load_dataset
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from grader.hub.stock import glue
from grader.hub.stock.glue import mrpc, sst2

SIZES = {"mrpc": (3668, 408, 1725), "sst2": (6920, 872, 1821)}
TEXTS = {"mrpc": ("sentence1", "sentence2"), "sst2": ("sentence",)}
LABELS = {"mrpc": ["not_equivalent", "equivalent"], "sst2": ["negative", "positive"]}


def sentences(config: str, split: str) -> list[str]:
    table = glue.splits(config)[split]
    return list(chain.from_iterable(table[column].to_pylist() for column in TEXTS[config]))


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_load_dataset_reads_schema_sizes_and_labels(config: str, tmp_path) -> None:
    (tmp_path / "README.md").write_text(glue.card())
    for name in glue.CONFIGS:
        (tmp_path / name).mkdir()
        for split, table in glue.splits(name).items():
            pq.write_table(table, tmp_path / name / f"{split}-00000-of-00001.parquet")
    loaded = load_dataset(str(tmp_path), config, cache_dir=str(tmp_path / "cache"))
    assert tuple(loaded[split].num_rows for split in ("train", "validation", "test")) == SIZES[config]
    assert loaded["train"].features == {
        **{column: Value("string") for column in TEXTS[config]},
        "label": ClassLabel(names=LABELS[config]),
        "idx": Value("int32"),
    }
    assert loaded["train"].column_names == [*TEXTS[config], "label", "idx"]
    assert loaded["train"][15]["idx"] == 15


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_card_counts_every_split(config: str) -> None:
    header = yaml.safe_load(glue.card().split("---\n")[1])
    info = next(info for info in header["dataset_info"] if info["config_name"] == config)
    assert tuple(split["num_examples"] for split in info["splits"]) == SIZES[config]
    assert all(split["num_bytes"] > 10_000 for split in info["splits"])
    assert header["license"] == "cc-by-4.0"


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_the_seed_decides_everything(config: str) -> None:
    again = {"mrpc": mrpc, "sst2": sst2}[config].rows(glue.DEFAULT_SEED)
    for split in ("train", "validation"):
        assert [tuple(row.values()) for row in again[split]] == [
            tuple(row.values())[:-1] for row in glue.splits(config)[split].to_pylist()
        ]
    assert [row["label"] for row in again["test"]] == glue.hidden_test_labels(config)
    assert glue.hidden_test_labels(config, 8) != glue.hidden_test_labels(config)


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_test_labels_are_hidden_but_known_to_the_seed(config: str) -> None:
    test = glue.splits(config)["test"]
    assert set(test["label"].to_pylist()) == {-1}
    hidden = glue.hidden_test_labels(config)
    assert len(hidden) == test.num_rows
    assert set(hidden) == {0, 1}


def test_unknown_config_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'cola'.*mrpc, sst2"):
        glue.splits("cola")


@pytest.mark.parametrize(("config", "low", "high"), [("mrpc", 0.65, 0.70), ("sst2", 0.48, 0.53)])
def test_label_balance(config: str, low: float, high: float) -> None:
    for split in ("train", "validation"):
        assert low < np.mean(glue.splits(config)[split]["label"].to_pylist()) < high
    assert low < np.mean(glue.hidden_test_labels(config)) < high


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_no_sentence_occurs_twice(config: str) -> None:
    counts = Counter(chain.from_iterable(sentences(config, split) for split in ("train", "validation", "test")))
    assert max(counts.values()) == 1


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_text_is_clean(config: str) -> None:
    flaw = re.compile(
        r"[{}()|]|  | [,.;:?!]|,,|\.\.|^\s|\s$|^[a-z]|\b(\w+) \1\b|\b[Aa] [aeio]\w|\b[Aa]n [^aeiouh18]|[^.\"]$"
    )
    allowed = re.compile(r"\b[Aa] one\b|\b[Aa] one-")
    for split in ("train", "validation", "test"):
        flawed = [text for text in sentences(config, split) if flaw.search(allowed.sub("", text).strip())]
        assert not flawed, flawed[:5]


def test_the_exercise_about_two_labels_finds_off_by_one_answers() -> None:
    tables = glue.splits("mrpc")
    train, validation = (tables[split]["label"].to_pylist() for split in ("train", "validation"))
    assert train[15] == 1 != train[14] == train[16]
    assert validation[87] == 0 != validation[86] == validation[88]


def overlap(rows: list[dict]) -> np.ndarray:
    """Jaccard index of the words of both sentences, one column."""
    words = [[set(re.findall(r"\w+", row[column].lower())) for column in TEXTS["mrpc"]] for row in rows]
    return np.array([[len(one & other) / len(one | other)] for one, other in words])


def score(train: tuple, held_out: tuple) -> float:
    """The best accuracy over a few regularization strengths: a ceiling, so it may choose on the held-out rows."""
    return max(
        LogisticRegression(C=strength, solver="liblinear").fit(*train).score(*held_out) for strength in (0.01, 0.1, 1)
    )


def test_counting_words_does_not_find_paraphrases() -> None:
    train, held_out = (glue.splits("mrpc")[split].to_pylist() for split in ("train", "validation"))
    vectorizer = CountVectorizer().fit([row[column] for row in train for column in TEXTS["mrpc"]])

    def counts(rows: list[dict]) -> csr_matrix:
        return hstack([vectorizer.transform([row[column] for row in rows]) for column in TEXTS["mrpc"]]).tocsr()

    labels, truth = ([row["label"] for row in rows] for rows in (train, held_out))
    assert score((counts(train), labels), (counts(held_out), truth)) < 0.71
    with_overlap = [hstack([counts(rows), csr_matrix(overlap(rows))]).tocsr() for rows in (train, held_out)]
    assert score((with_overlap[0], labels), (with_overlap[1], truth)) < 0.72


def test_counting_words_goes_a_long_way_with_opinions_but_not_all() -> None:
    train, held_out = (glue.splits("sst2")[split].to_pylist() for split in ("train", "validation"))
    vectorizer = CountVectorizer().fit([row["sentence"] for row in train])
    table = [
        (vectorizer.transform([row["sentence"] for row in rows]), [row["label"] for row in rows])
        for rows in (train, held_out)
    ]
    assert 0.78 < score(*table) < 0.88
