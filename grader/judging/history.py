"""What a repository on the Hub remembers: every commit that a branch, a tag or a pull request leads to.

A file that was deleted is still in the commits before. Asked from the hub itself, through the ordinary client.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

MAIN = "main"


@dataclass(frozen=True)
class Version:
    """A commit. `refs` are the names that lead to it, such as ("main", "v1"); `message` is all of its text."""

    commit: str
    message: str
    refs: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """A file in a commit. `size` is that of its content in bytes, `blob` is the same wherever the content is."""

    path: str
    size: int
    blob: str
    is_lfs: bool
    commit: str


def versions(repo_id: str) -> list[Version]:
    """All commits, those of main first, newest first. Each is listed once."""
    from huggingface_hub import HfApi

    api = HfApi()
    refs = api.list_repo_refs(repo_id, include_pull_requests=True)
    others = [ref for ref in [*refs.branches, *refs.tags, *(refs.pull_requests or [])] if ref.name != MAIN]
    names = {MAIN: MAIN} | {ref.ref: ref.name for ref in others}
    found: dict[str, Version] = {}
    for ref, name in names.items():
        for commit in api.list_repo_commits(repo_id, revision=ref):
            message = f"{commit.title}\n{commit.message}"
            version = found.get(commit.commit_id, Version(commit.commit_id, message, ()))
            found[commit.commit_id] = replace(version, refs=(*version.refs, name))
    return list(found.values())


def files(repo_id: str, commit: str) -> list[File]:
    """The files of a commit, with those in folders."""
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    entries = HfApi().list_repo_tree(repo_id, recursive=True, revision=commit)
    return [
        File(entry.path, entry.size, entry.blob_id, entry.lfs is not None, commit)
        for entry in entries
        if isinstance(entry, RepoFile)
    ]


def content(repo_id: str, file: File) -> bytes:
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(repo_id, file.path, revision=file.commit)).read_bytes()
