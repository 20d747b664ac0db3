"""What the API tells about a repository: its card, its files and what follows from them.

Everything that follows from a commit alone is worked out once for each commit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from grader.hub.info import cards
from grader.hub.info.weights import count_parameters
from grader.hub.store.names import REPO_TYPES
from grader.hub.store.reading import Entry, RepoReader

# What a model is for, read off the name of its class when the card does not say it.
_TASK_OF_HEAD = {
    "ForSequenceClassification": "text-classification",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "ForMaskedLM": "fill-mask",
    "ForCausalLM": "text-generation",
    "LMHeadModel": "text-generation",
    "ForConditionalGeneration": "text-generation",
    "ForMultipleChoice": "multiple-choice",
    "ForImageClassification": "image-classification",
    "Model": "feature-extraction",
}


@dataclass(frozen=True)
class Facts:
    """What follows from the files of one commit."""

    files: list[Entry]
    card: dict[str, Any]
    config: dict[str, Any]
    tags: list[str]
    pipeline_tag: str | None
    library_name: str | None
    safetensors: dict[str, Any] | None
    last_modified: int  # Unix seconds

    @property
    def tasks(self) -> list[str]:
        """What the repository is for: a model for one task, a data set for those that its card names."""
        return [self.pipeline_tag] if self.pipeline_tag else cards.texts(self.card.get("task_categories"))


def describe(repo: RepoReader, sha: str, *, sizes: bool = False, checksums: bool = True) -> dict[str, Any]:
    """The answer to `model_info`, `dataset_info` or `space_info` at a commit.

    With `sizes` each file comes with its size, and with `checksums` too a large one with its sha256.
    """
    facts, settings = facts_of(repo, sha), repo.settings
    told = summary(repo, sha) | {
        "cardData": facts.card,
        "siblings": [_sibling(entry, sizes, checksums) for entry in facts.files],
        "usedStorage": sum(entry.size for entry in facts.files),
    }
    if repo.type == "models":
        told |= {"config": facts.config, "safetensors": facts.safetensors}
        told |= {"model-index": facts.card.get("model-index")}
    if repo.type == "spaces":
        told["sdk"] = facts.card.get("sdk") or settings.sdk
    return {key: value for key, value in told.items() if value is not None}


def summary(repo: RepoReader, sha: str) -> dict[str, Any]:
    """The short form of `describe`, as lists of repositories give it."""
    facts, settings = facts_of(repo, sha), repo.settings
    told = {
        "_id": f"{repo.type}/{repo.id}",
        "id": repo.id,
        "author": repo.namespace,
        "sha": sha,
        "private": settings.private,
        "gated": settings.gated,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "trendingScore": 0,
        "tags": facts.tags,
        "createdAt": timestamp(settings.created),
        "lastModified": timestamp(facts.last_modified),
    }
    if repo.type == "models":
        told |= {"modelId": repo.id, "pipeline_tag": facts.pipeline_tag, "library_name": facts.library_name}
    return {key: value for key, value in told.items() if value is not None}


def storage(repo: RepoReader) -> dict[str, Any]:
    """What the list of somebody's own repositories tells: when one changed last, and its size on main in bytes."""
    facts = facts_of(repo, repo.resolve())
    return {
        "id": repo.id,
        "type": repo.type.removesuffix("s"),
        "visibility": "private" if repo.settings.private else "public",
        "updatedAt": timestamp(facts.last_modified),
        "storage": sum(entry.size for entry in facts.files),
    }


@lru_cache(maxsize=1024)
def facts_of(repo: RepoReader, sha: str) -> Facts:
    """What follows from the files of the commit `sha`."""
    files = [entry for entry in repo.tree(sha, recursive=True) if not entry.is_folder]
    card, config = _card(repo, sha), _config(repo, sha)
    names = {entry.path for entry in files}
    library = _text(card.get("library_name")) or ("transformers" if config.get("model_type") else None)
    task = _text(card.get("pipeline_tag")) or (_task(config) if library == "transformers" else None)
    return Facts(
        files=files,
        card=card,
        config={key: config[key] for key in ("architectures", "model_type") if key in config},
        tags=_tags(repo.type, card, config, names, library, task),
        pipeline_tag=task,
        library_name=library,
        safetensors=count_parameters(repo, files) if repo.type == "models" else None,
        last_modified=repo.git.object_store[sha.encode()].commit_time,
    )


def timestamp(seconds: int) -> str:
    """Unix seconds as the clients read them."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def file_record(entry: Entry) -> dict[str, Any]:
    """One file or folder as the tree and paths-info answers give it."""
    record = {
        "type": "directory" if entry.is_folder else "file",
        "oid": entry.oid,
        "size": entry.size,
        "path": entry.path,
    }
    return record | ({"lfs": _lfs(entry) | {"oid": entry.pointer.sha256}} if entry.pointer else {})


def _sibling(entry: Entry, sizes: bool, checksums: bool) -> dict[str, Any]:
    record: dict[str, Any] = {"rfilename": entry.path}
    if sizes:
        record |= {"size": entry.size, "blobId": entry.oid}
        record |= {"lfs": _lfs(entry) | {"sha256": entry.pointer.sha256}} if entry.pointer and checksums else {}
    return record


def _lfs(entry: Entry) -> dict[str, Any]:
    return {"size": entry.size, "pointerSize": len(entry.pointer.text())}


def _card(repo: RepoReader, sha: str) -> dict[str, Any]:
    readme = repo.read_small(sha, "README.md") or b""
    try:
        return cards.metadata(readme.decode("utf-8", errors="replace"))
    except cards.BadCard:  # it may have come in by `git push`; the files are to be had all the same
        return {}


def _config(repo: RepoReader, sha: str) -> dict[str, Any]:
    if repo.type != "models":
        return {}
    try:
        config = cards.plain_json(json.loads(repo.read_small(sha, "config.json") or b"{}"))
    except (ValueError, RecursionError):  # BadCard is a ValueError
        return {}
    return config if isinstance(config, dict) else {}


def _task(config: dict[str, Any]) -> str | None:
    for architecture in cards.texts(config.get("architectures")):
        for head, task in _TASK_OF_HEAD.items():
            if architecture.endswith(head):
                return task
    return None


def _tags(
    repo_type: str, card: dict[str, Any], config: dict[str, Any], names: set[str], library: str | None, task: str | None
) -> list[str]:
    found = [library, task, _text(config.get("model_type")), *cards.texts(card.get("tags"))]
    found += [tag for tag, suffix in _FORMATS.items() if any(name.endswith(suffix) for name in names)]
    found += cards.texts(card.get("language")) if repo_type == "models" else []
    for prefix, key in _PREFIXED[repo_type].items():
        found += [f"{prefix}:{value}" for value in cards.texts(card.get(key))]
    return list(dict.fromkeys(tag for tag in found if tag))


_FORMATS = {"safetensors": ".safetensors", "pytorch": "pytorch_model.bin", "tensorboard": "tfevents", "gguf": ".gguf"}
_PREFIXED = dict.fromkeys(REPO_TYPES, {"license": "license"}) | {
    "models": {"dataset": "datasets", "base_model": "base_model", "license": "license"},
    "datasets": {
        "task_categories": "task_categories",
        "task_ids": "task_ids",
        "language": "language",
        "language_creators": "language_creators",
        "multilinguality": "multilinguality",
        "size_categories": "size_categories",
        "license": "license",
    },
}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
