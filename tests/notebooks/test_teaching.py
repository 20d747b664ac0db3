"""What chapters 1 and 2 promise: every exercise and picture, short cells, and each old API beside today's, once."""

import re
from pathlib import Path

import pytest

from grader.exercises import CATALOGUE
from grader.notebooks.source import chapter_number, solutions_in, source_notebook

SOURCES = {chapter_number(path): path for path in solutions_in(Path(__file__).parents[2])}
CHAPTERS = pytest.mark.parametrize("chapter", [1, 2])

EXERCISES = {
    1: """zero-shot-own-labels find-a-model mask-token name-the-entities answer-from-context generate-two-of-fifteen
    summarize-shorter translate nearest-sentence attention-by-hand causal-mask carbon count-parameters family-of""",
    2: """hidden-shape pipeline-by-hand choose-the-head tiny-bert save-and-reload word-tokenizer char-tokenizer bpe-merge
    wordpiece ids-in-two-steps decode-back wrong-pair same-logits-twice pad-and-mask too-long padding-choices""",
}
PICTURES = {
    1: "pipeline_steps timeline families attention_map blocks model_sizes run_costs co2_bars",
    2: "shape_flow token_strips padding_grid",
}
OLD = {
    1: ["`question-answering`", "`summarization`", "`grouped_entities=True`", "`bert-base-cased`"],
    2: ["`~/.cache/huggingface/transformers`", "`pytorch_model.bin`", '`"tf"`'],
}


def cells(chapter, kind):
    return [cell for cell in source_notebook(SOURCES[chapter]).cells if cell.cell_type == kind]


def taught(chapter, kind):
    """The cells that no exercise or quiz made."""
    return [cell.source for cell in cells(chapter, kind) if "nbgrader" not in cell.metadata]


@CHAPTERS
def test_all_exercises_are_there_in_the_order_of_teaching(chapter):
    ids = EXERCISES[chapter].split()
    asked = re.findall(r'check\("([\w-]+)"', "\n".join(cell.source for cell in cells(chapter, "code")))
    assert asked == ids == [exercise.id for exercise in CATALOGUE.exercises(chapter)]


@CHAPTERS
def test_all_pictures_are_there(chapter):
    drawn = re.findall(r"figures\.(\w+)\(", "\n".join(taught(chapter, "code")))
    assert set(drawn) == set(PICTURES[chapter].split())


@CHAPTERS
def test_it_begins_with_what_you_will_be_able_to_do_and_ends_with_what_you_saw(chapter):
    first, *_, last = taught(chapter, "markdown")
    assert "By the end of this chapter you can\n- " in first and re.search(r"\*\*About .* hours\b", first)
    assert "CPU" in first and last.startswith("## In this chapter you saw")


@CHAPTERS
def test_texts_are_short(chapter):
    lengths = {text: len(prose(text).split()) for text in taught(chapter, "markdown")}
    assert max(lengths.values()) <= 60, max(lengths, key=lengths.get)
    assert sum(length > 40 for length in lengths.values()) <= len(lengths) / 6


@CHAPTERS
def test_code_is_short(chapter):
    for code in taught(chapter, "code"):
        assert sum(bool(line.strip()) for line in code.split("\n")) <= 12, code


@CHAPTERS
def test_what_older_tutorials_write_is_told_once(chapter):
    text = "\n".join(taught(chapter, "markdown"))
    assert {old: text.count(old) for old in OLD[chapter]} == dict.fromkeys(OLD[chapter], 1)


def prose(text):
    """A text without headings, tables, lists and the addresses of its links."""
    lines = [line for line in text.split("\n") if not re.match(r"#|\||- |  ", line)]
    return re.sub(r"\]\([^)]*\)", "]", "\n".join(lines))
