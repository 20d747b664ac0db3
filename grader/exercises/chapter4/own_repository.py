"""The repository that a learner hands in: it must be one of their own. Looks at either hub."""

from __future__ import annotations

from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.judge import shorten
from grader.judging.repository import NotLoggedIn, Repository, own_account
from grader.judging.verdict import Wrong


def own_repository(answer: Answer, name: str) -> Repository:
    repo_id = expect.text(answer.value(name), f"`{name}`").strip()
    try:
        account = own_account()
    except NotLoggedIn as error:
        raise _nobody(error) from None
    if "://" in repo_id:
        raise Wrong(
            "an-address",
            f"`{name}` is an address.",
            got=repr(repo_id),
            wanted=f'the id alone: "{account}/" and then the name',
            advice="Hand in the last two parts of the address. What `create_repo` returns has them as `.repo_id`.",
        )
    if "/" not in repo_id:
        raise Wrong(
            "no-namespace",
            f"`{name}` has no namespace.",
            got=repr(repo_id),
            wanted=f'"{account}/" and then the name',
            advice="An id has two parts: whose it is, and what it is called.",
        )
    if repo_id.partition("/")[0] != account:
        raise Wrong(
            "other-namespace",
            f"`{name}` lies in somebody else's namespace.",
            got=repr(repo_id),
            wanted=f'an id that begins with "{account}/"',
            advice="You are logged in as `whoami()` says; only there may you write.",
        )
    try:
        return Repository(repo_id)
    except NotLoggedIn as error:
        raise _nobody(error) from None
    except LookupError:
        raise Wrong(
            "no-such-repository",
            f"There is no repository {repo_id!r} on the hub.",
            got="nothing under this id",
            wanted="a repository that you pushed",
            advice="Look at the output of your push: which id does it name? (`save_pretrained` pushes nothing: it "
            "writes to your disk only.)",
        ) from None


def _nobody(error: NotLoggedIn) -> Wrong:
    return Wrong(
        "not-logged-in",
        "The hub does not know who you are.",
        got=shorten(str(error)),
        wanted="a valid token of your account",
        advice="On the practice hub run the chapter's first code cell again; on the real one, `hf auth login` in a "
        "terminal. Was the token revoked?",
    )


def listing(repository: Repository) -> str:
    names = [path for path in repository.files if path != ".gitattributes"]
    return "the files " + ", ".join(names[:8]) if names else "an empty repository"
