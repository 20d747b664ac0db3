"""Cards say the outcome as a word, escape what a learner wrote, and need nothing that JupyterLab strips."""

import pytest

from grader.judging.verdict import Outcome, Verdict
from grader.learning.cards import LOOKS, verdict_card

WRONG = Verdict(
    Outcome.WRONG, "`x` is <b>wrong</b>.", got="<script>alert(1)</script>", wanted="a number", advice="Look again."
)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_is_a_word_in_html_and_in_text(outcome):
    card = verdict_card("causal-mask", Verdict(outcome, "Because."), 2)
    for form in card._repr_mimebundle_().values():
        assert LOOKS[outcome].word in form and "causal-mask" in form and "Because." in form and "0 of 2 points" in form


def test_outcomes_are_told_apart_without_color():
    assert len({look.word for look in LOOKS.values()}) == len({look.sign for look in LOOKS.values()}) == 4


def test_what_the_learner_wrote_is_escaped():
    page = verdict_card("x", WRONG, 1).as_html()
    assert "<script" not in page and "<b>" not in page and "&lt;script&gt;" in page and "<code>x</code>" in page


def test_text_has_all_parts_and_no_markup():
    text = verdict_card("x", WRONG, 1, hint_call='hint("x")').as_text()
    for part in ("Not yet", "Seen: ", "Looked for: a number", "Try: Look again.", 'hint("x")'):
        assert part in text
    assert "<div" not in text


def test_no_style_element_script_or_id():
    page = verdict_card("x", WRONG, 1).as_html()
    assert not any(tag in page for tag in ("<style", "<script", " id=", "onclick"))


def test_a_hint_is_offered_only_where_it_helps():
    offered = {
        outcome: "hint(" in verdict_card("x", Verdict(outcome, "m"), 1, hint_call='hint("x")').as_text()
        for outcome in Outcome
    }
    assert offered == {
        Outcome.RIGHT: False,
        Outcome.WRONG: True,
        Outcome.NOT_ATTEMPTED: True,
        Outcome.OUR_FAULT: False,
    }
