"""What a check says when the hub does not know the learner (any more)."""

import pytest
from huggingface_hub import HfApi, get_token, whoami

from grader.exercises import CATALOGUE
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import judge
from grader.judging.respondent import Respondent


@pytest.mark.parametrize("known_before", [True, False], ids=["revoked since", "never valid"])
def test_a_token_that_the_hub_does_not_take(monkeypatch, known_before):
    """The client remembers whose a token was, also after somebody has revoked it."""
    name, token = whoami()["name"], "hf_" + "x" * 34
    monkeypatch.setenv("HF_TOKEN", token)
    assert get_token() == token
    if known_before:
        monkeypatch.setattr(HfApi, "whoami", _remembering(name, HfApi.whoami))
        monkeypatch.setattr("huggingface_hub.whoami", HfApi().whoami)
    exercise = CATALOGUE.find("private-repo")
    answer = Answer(Respondent({"private_repo_id": f"{name}/my-diary"}).serve)
    verdict = judge(exercise, answer, Draw("s", exercise.id))
    assert verdict.mistake == "not-logged-in" and "first code cell" in verdict.advice


def _remembering(name, ask):
    def whoami(self, *arguments, cache=False, **named):
        return {"name": name} if cache else ask(self, *arguments, **named)

    return whoami
