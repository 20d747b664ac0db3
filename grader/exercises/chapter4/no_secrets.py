"""The check of `no-secrets`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.exercises.catalogue import exercise
from grader.exercises.chapter4 import leak
from grader.exercises.chapter4.own_repository import listing, own_repository
from grader.judging import history
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.history import MAIN, File, Version
from grader.judging.repository import Repository
from grader.judging.verdict import Wrong

# Beyond this many bytes a file holds weights, which nobody types secrets into.
LARGEST_TEXT = 1_000_000
# Between two halves of a token: "hf_abc" + "def" is still one.
STRINGS_JOINED = re.compile(r"""["']\s*\+?\s*["']""")


@dataclass(frozen=True)
class Secret:
    """Where a token was found: in a file of a version, or in the message of its commit."""

    version: Version
    path: str

    @property
    def where(self) -> str:
        title = self.version.message.partition("\n")[0]
        place = self.path or "the message"
        return f"{place} of the commit {self.version.commit[:8]} “{leak.TOKEN.sub('hf_...', title)}”"


@exercise(
    "no-secrets",
    chapter=4,
    points=4,
    difficulty=4,
    minutes=20,
    asks=["clean_repo_id"],
    hints=[
        "In how many places can a token be: only in the files that you see on main?",
        "`api.list_repo_refs` names branches and tags; `super_squash_history` forgets what a branch was before; "
        "`delete_tag` and `delete_branch` remove the other ways to old commits.",
        "for each branch and tag: for each commit: for each file: look for hf_; upload train.py without the token; "
        "squash main; delete what else leads to the old commits",
    ],
)
def no_secrets(answer: Answer, draw: Draw) -> str:
    """Find it, and get it out

    `leaky_repository(f"{me}/leaky-model")` makes a repository with access tokens in it, as people push them every day.
    (They are made up, and open nothing.) Take them out of the files, and out of **all** that the repository remembers.

    Model, card and training script must stay, the script without its token. Set `clean_repo_id` to the repository's id.
    """
    repository = own_repository(answer, "clean_repo_id")
    versions = history.versions(repository.id)
    newest = history.files(repository.id, versions[0].commit)
    _nothing_lost(repository, newest)
    secrets = list(_secrets(repository, versions))
    for is_there, wrong in (
        (lambda secret: secret.version == versions[0] and secret.path, _on_main),
        (lambda secret: not secret.path, _in_a_message),
        (lambda secret: MAIN in secret.version.refs, _in_history),
        (lambda secret: True, _elsewhere),
    ):
        if secret := next(filter(is_there, secrets), None):
            raise wrong(secret)
    return (
        f"No commit of {repository.id} holds a token, on no branch and no tag, and all that is of use is still there."
    )


def _nothing_lost(repository: Repository, newest: list[File]) -> None:
    kept = {file.path: file for file in newest}
    if missing := [path for path in leak.TO_KEEP if path not in kept]:
        raise Wrong(
            "files-lost",
            f"What others need is gone: {', '.join(missing)}.",
            got=listing(repository),
            wanted=", ".join(leak.TO_KEEP),
            advice="Only tokens must go. Delete the repository, run `leaky_repository` again, and start anew.",
        )
    found, right = kept[leak.WEIGHTS], leak.weights()
    if found.size != len(right) or history.content(repository.id, found) != right:
        raise Wrong(
            "weights-changed",
            f"`{leak.WEIGHTS}` has other content than before.",
            got=f"{found.size:,} bytes that are not those of the model",
            wanted="the file as it was",
            advice="Only tokens must go. Delete the repository, run `leaky_repository` again, and start anew.",
        )
    script = history.content(repository.id, kept[leak.SCRIPT])
    if b"def train" not in script:
        raise Wrong(
            "script-emptied",
            f"`{leak.SCRIPT}` trains nothing any more.",
            got=f"{len(script):,} bytes without the function `train`",
            wanted="the script as it was, but for the token",
            advice="Change the one line that has the token in it: `login()` finds a stored one by itself.",
        )


def _secrets(repository: Repository, versions: list[Version]) -> Iterator[Secret]:
    looked_at: dict[str, bool] = {}
    for version in versions:
        if leak.TOKEN.search(version.message):
            yield Secret(version, "")
        for file in history.files(repository.id, version.commit):
            if file.size > LARGEST_TEXT:
                continue
            if file.blob not in looked_at:
                looked_at[file.blob] = _has_token(history.content(repository.id, file))
            if looked_at[file.blob]:
                yield Secret(version, file.path)


def _has_token(content: bytes) -> bool:
    text = content.decode("latin-1")
    return any(leak.TOKEN.search(each) for each in (text, STRINGS_JOINED.sub("", text)))


def _on_main(secret: Secret) -> Wrong:
    return Wrong(
        "token-on-main",
        "There is a token in what everybody sees first.",
        got=f"hf_... in {secret.path} on main",
        wanted="no token in any file",
        advice="Change that file and upload it again. A program finds the token where `hf auth login` has put it.",
    )


def _in_a_message(secret: Secret) -> Wrong:
    return Wrong(
        "token-in-a-message",
        "A commit's message holds a token.",
        got=f"hf_... in {secret.where}",
        wanted="messages that say what was done, without the token itself",
        advice="Messages are history, too: squash once more, with another message.",
        earned=1,
    )


def _in_history(secret: Secret) -> Wrong:
    return Wrong(
        "token-in-history",
        "The files are clean now, and an older commit still has the token.",
        got=f"hf_... in {secret.where}",
        wanted="no commit with a token",
        advice="Deleting a file makes a new commit and leaves the old ones. Which function forgets them?",
        earned=1,
    )


def _elsewhere(secret: Secret) -> Wrong:
    names = " and ".join(f"`{name}`" for name in secret.version.refs)
    return Wrong(
        "token-on-another-ref",
        f"Main is clean, history and all. {names} still leads to a token.",
        got=f"hf_... in {secret.where}",
        wanted="no branch, tag or pull request with a token",
        advice="A tag or a branch keeps its commits alive: `delete_tag`, `delete_branch`. A pull request's commits go "
        "only with the repository.",
        earned=2,
    )
