"""The generated GLUE: real schema and sizes, clean text, hidden test labels, nothing shared between splits."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import yaml
from datasets import ClassLabel, Value, load_dataset
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from grader.hub.stock import datasets as served
from grader.hub.stock import glue

NLI = ["entailment", "neutral", "contradiction"]
TEXTS = {
    "ax": ("premise", "hypothesis"),
    "cola": ("sentence",),
    "mnli": ("premise", "hypothesis"),
    "mnli_matched": ("premise", "hypothesis"),
    "mnli_mismatched": ("premise", "hypothesis"),
    "mrpc": ("sentence1", "sentence2"),
    "qnli": ("question", "sentence"),
    "qqp": ("question1", "question2"),
    "rte": ("sentence1", "sentence2"),
    "sst2": ("sentence",),
    "stsb": ("sentence1", "sentence2"),
    "wnli": ("sentence1", "sentence2"),
}
LABELS = {
    "ax": NLI,
    "cola": ["unacceptable", "acceptable"],
    "mnli": NLI,
    "mnli_matched": NLI,
    "mnli_mismatched": NLI,
    "mrpc": ["not_equivalent", "equivalent"],
    "qnli": ["entailment", "not_entailment"],
    "qqp": ["not_duplicate", "duplicate"],
    "rte": ["entailment", "not_entailment"],
    "sst2": ["negative", "positive"],
    "stsb": None,
    "wnli": ["not_entailment", "entailment"],
}
THREE = ("train", "validation", "test")
SIZES = {
    "ax": {"test": 552},
    "cola": dict(zip(THREE, (2000, 300, 300), strict=True)),
    "mnli": {
        "train": 2400,
        "validation_matched": 300,
        "validation_mismatched": 300,
        "test_matched": 300,
        "test_mismatched": 300,
    },
    "mnli_matched": {"validation": 300, "test": 300},
    "mnli_mismatched": {"validation": 300, "test": 300},
    "mrpc": dict(zip(THREE, (3668, 408, 1725), strict=True)),
    "qnli": dict(zip(THREE, (1800, 300, 300), strict=True)),
    "qqp": dict(zip(THREE, (2000, 300, 300), strict=True)),
    "rte": dict(zip(THREE, (1200, 277, 300), strict=True)),
    "sst2": dict(zip(THREE, (6920, 872, 1821), strict=True)),
    "stsb": dict(zip(THREE, (1600, 300, 300), strict=True)),
    "wnli": dict(zip(THREE, (635, 71, 146), strict=True)),
}
# The share of the class with the highest number, at least and at most.
BALANCE = {
    "ax": (0.28, 0.39),
    "cola": (0.66, 0.74),
    "mnli": (0.27, 0.40),
    "mnli_matched": (0.27, 0.40),
    "mnli_mismatched": (0.27, 0.40),
    "mrpc": (0.65, 0.70),
    "qnli": (0.44, 0.56),
    "qqp": (0.32, 0.43),
    "rte": (0.41, 0.59),  # three standard deviations of its 277 rows
    "sst2": (0.48, 0.53),
    "wnli": (0.38, 0.62),
}


def true_labels(config: str, split: str) -> list:
    if split.startswith("test"):
        return glue.hidden_test_labels(config, split=split)
    return glue.splits(config)[split]["label"].to_pylist()


def sentences(config: str, split: str) -> list[str]:
    table = glue.splits(config)[split]
    return list(chain.from_iterable(table[column].to_pylist() for column in TEXTS[config]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as the hub serves them."""
    folder = tmp_path_factory.mktemp("glue")
    served.glue(None, folder)
    return folder


def test_the_configs_are_those_of_the_real_one() -> None:
    assert sorted(TEXTS) == list(glue.CONFIGS)


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_load_dataset_reads_schema_sizes_and_labels(config: str, folder: Path, tmp_path: Path) -> None:
    loaded = load_dataset(str(folder), config, cache_dir=str(tmp_path / "cache"))
    assert {split: part.num_rows for split, part in loaded.items()} == SIZES[config]
    names = LABELS[config]
    for part in loaded.values():
        assert part.features == {
            **{column: Value("string") for column in TEXTS[config]},
            "label": ClassLabel(names=names) if names else Value("float32"),
            "idx": Value("int32"),
        }
        assert part.column_names == [*TEXTS[config], "label", "idx"]
        assert part[15]["idx"] == 15


def test_everything_together_is_small(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.rglob("*.parquet")) < 4_000_000


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_card_counts_every_split(config: str) -> None:
    header = yaml.safe_load(glue.card().split("---\n")[1])
    info = next(info for info in header["dataset_info"] if info["config_name"] == config)
    assert {split["name"]: split["num_examples"] for split in info["splits"]} == SIZES[config]
    assert all(split["num_bytes"] > 5_000 for split in info["splits"])
    assert header["license"] == "cc-by-4.0"


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_the_seed_decides_everything(config: str) -> None:
    rows = getattr(glue.TASKS[config].rows, "__wrapped__", glue.TASKS[config].rows)
    again = rows(glue.DEFAULT_SEED)
    for split, table in glue.splits(config).items():
        texts = [tuple(row[column] for column in TEXTS[config]) for row in again[split]]
        assert texts == list(zip(*(table[column].to_pylist() for column in TEXTS[config]), strict=True))
        assert [row["label"] for row in again[split]] == pytest.approx(true_labels(config, split))
    assert glue.hidden_test_labels(config, 8) != glue.hidden_test_labels(config)


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_test_labels_are_hidden_but_known_to_the_seed(config: str) -> None:
    for split, table in glue.splits(config).items():
        if split.startswith("test"):
            assert set(table["label"].to_pylist()) == {-1}
            hidden = glue.hidden_test_labels(config, split=split)
            assert len(hidden) == table.num_rows
            assert LABELS[config] is None or set(hidden) == set(range(len(LABELS[config])))
        else:
            assert -1 not in table["label"].to_pylist()


def test_hidden_labels_of_several_test_splits() -> None:
    matched = glue.hidden_test_labels("mnli")
    assert matched == glue.hidden_test_labels("mnli", split="test_matched") == glue.hidden_test_labels("mnli_matched")
    assert glue.hidden_test_labels("mnli", split="test_mismatched") == glue.hidden_test_labels("mnli_mismatched")
    with pytest.raises(ValueError, match="'train' is no test split of mnli; it can be test_matched or test_mismatched"):
        glue.hidden_test_labels("mnli", split="train")


@pytest.mark.parametrize("kind", ["matched", "mismatched"])
@pytest.mark.parametrize("split", ["validation", "test"])
def test_parts_of_mnli_are_those_of_the_whole(kind: str, split: str) -> None:
    assert glue.splits("mnli")[f"{split}_{kind}"].equals(glue.splits(f"mnli_{kind}")[split])


def test_unknown_config_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'hans'.*mrpc, qnli"):
        glue.splits("hans")


@pytest.mark.parametrize("config", BALANCE)
def test_label_balance(config: str) -> None:
    low, high = BALANCE[config]
    for split in SIZES[config]:
        assert low < np.mean(np.array(true_labels(config, split)) == len(LABELS[config]) - 1) < high, split


def test_similarity_scores_fill_their_range() -> None:
    for split in THREE:
        scores = np.array(true_labels("stsb", split))
        assert scores.min() == 0 and scores.max() == 5
        assert all(np.mean((low <= scores) & (scores <= low + 1)) > 0.1 for low in range(5)), split
        assert np.allclose(scores * 5, np.round(scores * 5), atol=1e-4)


@pytest.mark.parametrize("config", ["cola", "mrpc", "sst2"])
def test_no_sentence_occurs_twice(config: str) -> None:
    counts = Counter(chain.from_iterable(sentences(config, split) for split in SIZES[config]))
    assert max(counts.values()) == 1


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_no_pair_occurs_twice(config: str) -> None:
    counts: Counter = Counter()
    for table in glue.splits(config).values():
        counts.update(frozenset(texts) for texts in zip(*(table[c].to_pylist() for c in TEXTS[config]), strict=True))
    assert max(counts.values()) == 1
    assert {len(texts) for texts in counts} == {len(TEXTS[config])}


@pytest.mark.parametrize("config", glue.CONFIGS)
def test_text_is_clean(config: str) -> None:
    flaw = re.compile(
        r"[{}()|]|  | [,.;:?!]|,,|\.\.|\?\.|^\s|\s$|^[a-z]|[.?] [a-z]|\b(\w+) \1\b|\b[Aa] [aeio]\w|\b[Aa]n [^aeiouh18]"
        r"|[^.?\"]$"
    )
    # "A one-year deal"; an injury that she had had; numbers on both sides of a comma.
    allowed = re.compile(r"\b[Aa] one\b|\b[Aa] one-|\bhad (?=had\b)")
    for split in SIZES[config]:
        flawed = [text for text in sentences(config, split) if flaw.search(allowed.sub("", text).strip())]
        assert not flawed, flawed[:5]


def test_the_exercise_about_two_labels_finds_off_by_one_answers() -> None:
    tables = glue.splits("mrpc")
    train, validation = (tables[split]["label"].to_pylist() for split in ("train", "validation"))
    assert train[15] == 1 != train[14] == train[16]
    assert validation[87] == 0 != validation[86] == validation[88]
    # And it tells the neighbor's label from that of the same element in the other split.
    assert validation[15] == train[15] and train[87] != validation[87]


def overlap(rows: list[dict]) -> np.ndarray:
    """Jaccard index of the words of both sentences, one column."""
    words = [[set(re.findall(r"\w+", row[column].lower())) for column in TEXTS["mrpc"]] for row in rows]
    return np.array([[len(one & other) / len(one | other)] for one, other in words])


def score(train: tuple, *held_out: tuple) -> list[float]:
    """The best accuracies over a few regularization strengths: a ceiling, so it may choose on the held-out rows."""
    fitted = [LogisticRegression(C=strength, solver="liblinear").fit(*train) for strength in (0.01, 0.1, 1)]
    return [max(model.score(*rows) for model in fitted) for rows in held_out]


@pytest.mark.parametrize("words", [(1, 1), (1, 2)], ids=["single words", "and pairs of words"])
def test_counting_words_does_not_find_paraphrases(words: tuple[int, int]) -> None:
    """Neither on the validation split nor on the larger test split, not even with the overlap of the sentences."""
    parts = [glue.splits("mrpc")[split].to_pylist() for split in THREE]
    labels = [true_labels("mrpc", split) for split in THREE]
    vectorizer = CountVectorizer(ngram_range=words).fit([row[text] for row in parts[0] for text in TEXTS["mrpc"]])

    def counts(rows: list[dict]) -> csr_matrix:
        return hstack([vectorizer.transform([row[column] for row in rows]) for column in TEXTS["mrpc"]]).tocsr()

    apart = [counts(rows) for rows in parts]
    with_overlap = [
        hstack([table, csr_matrix(overlap(rows))]).tocsr() for table, rows in zip(apart, parts, strict=True)
    ]
    for tables in (apart, with_overlap):
        assert max(score(*zip(tables, labels, strict=True))) <= 0.70


def test_overlap_alone_does_not_find_paraphrases() -> None:
    """Not even if a range of overlaps, from here to there, speaks for one label."""
    train, *held_out = ((overlap(glue.splits("mrpc")[s].to_pylist()), true_labels("mrpc", s)) for s in THREE)
    trees = GradientBoostingClassifier(n_estimators=40, random_state=0).fit(*train)
    assert max(trees.score(*rows) for rows in held_out) <= 0.70


def test_counting_words_goes_a_long_way_with_opinions_but_not_all() -> None:
    train, held_out = (glue.splits("sst2")[split].to_pylist() for split in ("train", "validation"))
    vectorizer = CountVectorizer().fit([row["sentence"] for row in train])
    table = [
        (vectorizer.transform([row["sentence"] for row in rows]), [row["label"] for row in rows])
        for rows in (train, held_out)
    ]
    assert 0.78 < score(*table)[0] < 0.88
