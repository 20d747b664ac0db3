"""The quizzes teach with every option, and neither letter nor length gives the right one away."""

import re
from math import ceil
from pathlib import Path

import pytest

from grader.exercises import CATALOGUE
from grader.notebooks.source import chapter_number, solutions_in

ROOT = Path(__file__).parents[2]
QUESTIONS = {1: 10, 2: 10, 3: 9, 4: 9}
CHAPTERS = pytest.mark.parametrize("chapter", QUESTIONS)
EACH = pytest.mark.parametrize("question", CATALOGUE.questions(), ids=lambda question: question.id)


@CHAPTERS
def test_number_of_questions_and_points(chapter):
    questions = CATALOGUE.questions(chapter)
    assert len(questions) == QUESTIONS[chapter] and all(question.points == 1 for question in questions)


@EACH
def test_every_option_explains_itself(question):
    assert list(question.options) == ["a", "b", "c", "d"] and question.ask.endswith("?")
    reasons = [option.why for option in question.options.values()]
    assert len(set(reasons)) == len({option.text for option in question.options.values()}) == 4
    for why in reasons:
        assert len(why) > 20 and why.endswith("."), why
        assert not re.match(r"(wrong|right|correct|incorrect|false|true)\b", why, re.IGNORECASE), why


@EACH
def test_options_are_of_similar_length(question):
    lengths = [len(option.text) for option in question.options.values()]
    assert max(lengths) <= 1.5 * min(lengths)


@CHAPTERS
def test_right_answers_are_spread_over_the_letters(chapter):
    letters = "".join(question.right for question in CATALOGUE.questions(chapter))
    assert all(letters.count(letter) <= ceil(len(letters) / 4) + 1 for letter in "abcd"), letters
    assert set(letters) == set("abcd") and not re.search(r"(.)\1\1", letters), letters


def test_right_answers_are_spread_over_the_course():
    letters = [question.right for question in CATALOGUE.questions()]
    assert max(letters.count(x) for x in "abcd") - min(letters.count(x) for x in "abcd") <= 1


@pytest.mark.parametrize("longest", [True, False], ids=["longest", "shortest"])
def test_the_length_of_an_option_does_not_tell_the_right_one(longest):
    questions = CATALOGUE.questions()
    telling = [question.id for question in questions if sticks_out(question, longest)]
    assert len(telling) <= len(questions) / 4, telling


def sticks_out(question, longest):
    """Whether the right option is longer (or shorter) than each of the other three."""
    sign = 1 if longest else -1
    lengths = {letter: sign * len(option.text) for letter, option in question.options.items()}
    right = lengths.pop(question.right)
    return right > max(lengths.values())


@pytest.mark.parametrize("solution", solutions_in(ROOT), ids=lambda path: path.stem)
def test_a_chapter_asks_in_the_order_of_the_catalogue(solution):
    asked = re.findall(r'^# %% quiz="(.+)"$', solution.read_text(encoding="utf-8"), re.MULTILINE)
    assert asked == [question.id for question in CATALOGUE.questions(chapter_number(solution))]
