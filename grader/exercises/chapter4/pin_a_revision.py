"""The check of `pin-a-revision`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.exercises.chapter4.own_repository import own_repository
from grader.judging import expect, history
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Opaque


@exercise(
    "pin-a-revision",
    chapter=4,
    points=3,
    difficulty=3,
    minutes=12,
    asks=["pinned_repo_id", "old_commit", "states_at"],
    hints=[
        "After the second push, where are the weights of the first one?",
        "`api.list_repo_commits(repo_id)` has the newest first, each with a `commit_id`; "
        "`AutoModel.from_pretrained(repo_id, revision=…)` loads a version.",
        "push a small model with new weights to one repository twice; old_commit: the id of the first of these pushes; "
        "states_at: load the repository at this revision, return its last hidden states for ids",
    ],
)
def pin_a_revision(answer: Answer, draw: Draw) -> str:
    """Pin a revision

    Push a small `BertModel` with random weights to a repository of yours, then another one to the **same** repository:
    now there are two versions.

    - `pinned_repo_id`: the id of the repository
    - `old_commit`: the id of a commit whose model is **not** the one on main
    - `states_at(revision, ids)`: the last hidden states that the model of your repository gives for `ids`, a tensor
      of shape (1, tokens), at this revision
    """
    import torch

    repository = own_repository(answer, "pinned_repo_id")
    commits = [v.commit for v in history.versions(repository.id) if history.MAIN in v.refs]  # newest first
    given = answer.value("old_commit")
    _check_pushes(repository.id, commits)
    old = _commit(given, commits)
    main_model, old_model = _model(repository.id, commits[0], "main"), _model(repository.id, old, "old_commit")
    words = min(model.config.vocab_size for model in (main_model, old_model))
    ids = torch.tensor([draw.integers(6, 5, min(words, 1000) - 1)])
    wanted = {"main": _states(main_model, ids), old: _states(old_model, ids)}
    if expect.close(wanted["main"], wanted[old]):
        raise Wrong(
            "same-weights",
            "The model of this commit is the same as that of main.",
            got=f"equal hidden states at {old[:8]} and at main",
            wanted="a commit with another model",
            advice="Push a model with new weights to this repository, or take a commit from before the last push.",
        )
    for revision in draw.shuffled(list(wanted)):
        _compare(answer.call("states_at", revision, ids), wanted, revision, old)
    difference = abs(wanted["main"] - wanted[old]).max()
    return f"Two versions under one name, up to {difference:.1f} apart; {old[:8]} stays what it is, main moves on."


def _check_pushes(repo_id: str, commits: list[str]) -> None:
    """Raises `Wrong` when a single commit has a model: then no revision can give another one."""
    with_model = [
        commit
        for commit in commits
        if any(file.path.endswith(".safetensors") for file in history.files(repo_id, commit))
    ]
    if len(with_model) != 1:
        return
    raise Wrong(
        "one-model-only",
        "Only one commit of this repository has a model.",
        got=f"weights in {with_model[0][:8]} alone, of {len(commits)} commits" if len(commits) > 1 else "one commit",
        wanted="two pushes, with different weights",
        advice="Was the second push skipped, because nothing had changed? Make a second model with new "
        "weights, and push that one.",
    )


def _commit(value: Any, commits: list[str]) -> str:
    if isinstance(value, Opaque) and "Commit" in str(value):
        raise Wrong(
            "a-record",
            "`old_commit` is a whole record of a commit.",
            got=shorten(value),
            wanted="the id in it, a text",
            advice="Take its `.commit_id`.",
        )
    given = expect.text(value, "`old_commit`").strip()
    if given == commits[0]:
        raise Wrong(
            "newest-commit",
            "`old_commit` is the newest commit.",
            got=f"{given[:8]}…, which is what main is now",
            wanted="an older one",
            advice="`list_repo_commits` has the newest first. Or did you push only once?",
        )
    if given in commits:
        return given
    mistake, advice = "no-such-commit", "Take a `commit_id` from `api.list_repo_commits` of this very repository."
    if re.fullmatch(r"[0-9a-f]{6,39}", given) and any(commit.startswith(given) for commit in commits):
        mistake, advice = (
            "short-id",
            "The first digits are for people. Take all 40: only they name one commit for ever.",
        )
    elif "://" in given:
        mistake, advice = "an-address", "The id is the last part of the address of a commit."
    elif not re.fullmatch(r"[0-9a-f]{40}", given):
        mistake, advice = "a-name", "Branches can move and tags can be replaced. Only the id of a commit cannot."
    raise Wrong(
        mistake,
        "`old_commit` is not the id of a commit on main.",
        got=shorten(given, 60),
        wanted="40 digits and letters from a to f",
        advice=advice,
    )


def _model(repo_id: str, commit: str, name: str) -> Any:
    from transformers import AutoModel

    try:
        return AutoModel.from_pretrained(repo_id, revision=commit, dtype="float32", use_safetensors=True).eval()
    except Exception as error:  # whatever a damaged file makes the libraries raise
        raise Wrong(
            "no-model-there",
            f"There is no model to load at {'main' if name == 'main' else 'this commit'}.",
            got=shorten(str(error)),
            wanted=f"config.json and model.safetensors at {commit[:8]}",
            advice="The first commit of a repository only makes it; the models come with your pushes.",
        ) from None


def _states(model: Any, ids: Any) -> Any:
    import torch

    with torch.no_grad():
        return model(input_ids=ids).last_hidden_state.double().numpy()


def _compare(value: Any, wanted: dict[str, Any], revision: str, old: str) -> None:
    if isinstance(value, dict) and "last_hidden_state" in value:
        raise Wrong(
            "whole-output",
            "`states_at` returns the whole output.",
            got=f"an output with {', '.join(map(str, value))}",
            wanted="the last hidden states in it",
            advice="Take `.last_hidden_state` of it.",
            earned=1,
        )
    found = expect.array(value, "What `states_at` returns")
    if expect.close(found, wanted[revision], tolerance=1e-3):
        return
    which = "main" if revision == "main" else f"the commit {revision[:8]}"
    other = old if revision == "main" else "main"
    mistake, got = "other-states", f"shape {found.shape}"
    advice = "Load the repository with `AutoModel`, run it on `ids`, return its hidden states."
    if expect.close(found, wanted[other], tolerance=1e-3):
        mistake = "pinned-always" if revision == "main" else "revision-ignored"
        got = f"what the model gives at {'the old commit' if revision == 'main' else 'main'}"
        advice = "Does `from_pretrained` in your function get the `revision` that the function is given?"
    elif found.shape == wanted[revision].shape:
        mistake, got = "other-weights", "the right shape, but other numbers"
        advice = "Are these weights from the repository, or random ones? A model in training mode varies, too."
    raise Wrong(
        mistake,
        f"`states_at` is not right for {which}.",
        got=got,
        wanted=f"the hidden states at this revision, shape {wanted[revision].shape}",
        advice=advice,
        earned=1,
    )
