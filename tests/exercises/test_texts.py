"""A text that stands both in a chapter and in a check is the same in both."""

from pathlib import Path

from grader.exercises.chapter1.summarize_shorter import ARTICLE

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def test_the_article_to_sum_up():
    assert f'article = """{ARTICLE}"""' in (SOLUTIONS / "01_transformer_models.py").read_text(encoding="utf-8")
