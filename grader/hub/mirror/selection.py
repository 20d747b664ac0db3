"""Which repository is meant, and which of its files are taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from grader.hub.errors import BadRequest
from grader.hub.mirror.upstream import RemoteFile
from grader.hub.store.names import REPO_TYPES, check_repo_id

# The same weights in the formats of other libraries: beside safetensors nothing of the course reads them.
_OTHER_FORMATS = ("*.bin", "*.h5", "*.msgpack", "*.ot")
_OTHER_FOLDERS = ("onnx/*", "openvino/*", "coreml/*")


@dataclass(frozen=True)
class Wanted:
    """A repository at a revision, as a person names it."""

    repo_type: str
    repo_id: str
    revision: str = "main"

    @classmethod
    def parse(cls, text: str) -> Wanted:
        """From `ns/name`, `name`, `datasets/ns/name` or `spaces/ns/name`, each with or without `@revision`."""
        name, at, revision = text.partition("@")
        kind, _, rest = name.partition("/")
        repo_type, repo_id = (kind, rest) if kind in REPO_TYPES else ("models", name)
        check_repo_id(repo_id if "/" in repo_id else f"old/{repo_id}")
        if at and not revision:
            raise BadRequest(f"{text!r} names no revision after the '@'.")
        return cls(repo_type, repo_id, revision or "main")

    def __str__(self) -> str:
        name = label(self.repo_type, self.repo_id)
        return name if self.revision == "main" else f"{name}@{self.revision}"


@dataclass(frozen=True)
class Selection:
    """Patterns of paths: `include` (all, when there is none) without `exclude`; `*` also stands for slashes.

    Unless `all_files`, copies of the weights in other formats are left out where safetensors lie beside them.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    all_files: bool = False

    def of(self, files: Iterable[RemoteFile]) -> list[RemoteFile]:
        """Those of the files that are taken."""
        files = list(files)
        folders = {_folder(file.path) for file in files if file.path.endswith(".safetensors")}
        return [file for file in files if self._takes(file.path, folders)]

    def _takes(self, path: str, with_safetensors: set[str]) -> bool:
        if self.include:  # who names a file wants it in whatever format
            return _matches(path, self.include) and not _matches(path, self.exclude)
        if _matches(path, self.exclude):
            return False
        twin = _matches(path, _OTHER_FORMATS) and _folder(path) in with_safetensors
        twin |= _matches(path, _OTHER_FOLDERS) and "" in with_safetensors
        return self.all_files or not twin


def of_the_course() -> list[Wanted]:
    """What the stand-ins of the stock stand for, at the revisions that transformers pins."""
    from grader.hub.stock.recipes import RECIPES  # imports numpy

    return [
        Wanted(recipe.repo_type, recipe.repo_id, next(iter(recipe.tags), "main"))
        for recipe in RECIPES
        if recipe.stand_in
    ]


def label(repo_type: str, repo_id: str) -> str:
    """The name as people write it: for models without the kind."""
    return repo_id if repo_type == "models" else f"{repo_type}/{repo_id}"


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern + "*" if pattern.endswith("/") else pattern) for pattern in patterns)
