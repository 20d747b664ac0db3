"""Recipes: what their fingerprints depend on, and that the list is sound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import tiny

from grader.hub.stock.recipes import RECIPES
from grader.hub.store.names import REPO_TYPES, check_repo_id


@pytest.mark.parametrize(
    "change",
    [{"repo_id": "course/other"}, {"repo_type": "spaces"}, {"aliases": ()}, {"tags": ("main2",)}, {"sdk": "static"}],
    ids=lambda change: next(iter(change)),
)
def test_fingerprint_changes_with_the_repository(change: dict) -> None:
    assert replace(tiny.TINY, **change).fingerprint != tiny.TINY.fingerprint


def test_fingerprint_changes_with_the_inputs(tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    (folder / "delta.bin").write_bytes(b"one")
    recipe = replace(tiny.TINY, inputs=(folder,))
    seen = [recipe.fingerprint]
    (folder / "delta.bin").write_bytes(b"two")
    seen.append(recipe.fingerprint)
    (folder / "more.txt").write_text("")
    seen.append(recipe.fingerprint)
    (folder / "more.txt").rename(folder / "renamed.txt")
    seen.append(recipe.fingerprint)
    assert len(set(seen)) == 4


def test_fingerprint_does_not_change_with_the_place(tmp_path: Path) -> None:
    fingerprints = set()
    for parent in ("here", "there"):
        (tmp_path / parent / "inputs").mkdir(parents=True)
        (tmp_path / parent / "inputs" / "delta.bin").write_bytes(b"one")
        fingerprints.add(replace(tiny.TINY, inputs=(tmp_path / parent / "inputs",)).fingerprint)
    assert len(fingerprints) == 1


def test_fingerprint_needs_its_inputs(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="delta.bin"):
        replace(tiny.TINY, inputs=(tmp_path / "delta.bin",)).fingerprint  # noqa: B018


def test_names_are_good_and_unique() -> None:
    assert len({recipe.name for recipe in RECIPES}) == len(RECIPES)
    assert len({(recipe.repo_type, recipe.repo_id) for recipe in RECIPES}) == len(RECIPES)
    for recipe in RECIPES:
        assert recipe.repo_type in REPO_TYPES
        check_repo_id(recipe.repo_id)
        assert len(recipe.fingerprint) == 64
