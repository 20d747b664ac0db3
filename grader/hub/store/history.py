"""What a commit says, and which one changed a file last."""

from __future__ import annotations

from collections.abc import Iterable

from dulwich.objects import Commit

from grader.hub.store.reading import RepoReader


def author_of(commit: Commit) -> str:
    """The account that made the commit, whatever odd bytes stand there."""
    return commit.author.decode("utf-8", errors="replace").partition(" <")[0]


def message_of(commit: Commit) -> str:
    """All of the message, whatever odd bytes it holds."""
    return commit.message.decode("utf-8", errors="replace")


def last_changes(repo: RepoReader, sha: str, paths: Iterable[str]) -> dict[str, Commit]:
    """For each path that the commit `sha` has: the newest commit up to it that changed the path."""
    objects, found = repo.git.object_store, {}
    wanted = {path.encode(): path for path in paths}
    for commit in repo.log(sha):
        if not wanted:
            break
        now = _oids(objects, commit.tree)
        before = [_oids(objects, objects[parent].tree) for parent in commit.parents]
        for raw in list(wanted):
            # A merge changed a file only if it has it from none of its parents.
            if raw in now and all(now[raw] != older.get(raw) for older in before):
                found[wanted.pop(raw)] = commit
    return found


def _oids(objects, tree: bytes) -> dict[bytes, bytes]:
    return {entry.path: entry.sha for entry in objects.iter_tree_contents(tree, include_trees=True)}
