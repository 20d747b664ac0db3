"""The check of `private-repo`."""

from __future__ import annotations

import yaml

from grader.exercises.catalogue import exercise
from grader.exercises.chapter4.own_repository import listing, own_repository
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.repository import Repository
from grader.judging.verdict import Wrong

# What the hub puts there by itself is nothing that anybody would want to hide.
MADE_BY_THE_HUB = {".gitattributes"}


@exercise(
    "private-repo",
    chapter=4,
    points=2,
    difficulty=1,
    minutes=5,
    asks=["private_repo_id"],
    hints=[
        "Where is it kept who may see a repository: in one of its files, or beside them?",
        "`api.create_repo` and `api.update_repo_settings` both take the same switch for it.",
        "create a repository, upload a file to it, set it to private; try to read the file with token=False",
    ],
)
def private_repo(answer: Answer, draw: Draw) -> str:
    """Keep it to yourself

    Make a repository in your own namespace with at least one file in it, and make it **private**. Somebody without a
    token must not see that it is there at all.

    Set `private_repo_id` to its id.
    """
    repository = own_repository(answer, "private_repo_id")
    if not repository.is_private:
        raise _public(repository)
    if repository.is_open_to_strangers():
        raise Wrong(
            "open-to-strangers",
            f"{repository.id} is called private, but somebody without a token could read it.",
            got="an answer to a request without a token",
            wanted="a refusal",
            advice="Look at the settings page of the repository, and run this check again.",
        )
    if not repository.files.keys() - MADE_BY_THE_HUB:
        raise Wrong(
            "nothing-in-it",
            "The repository is private, and there is nothing in it.",
            got=listing(repository),
            wanted="at least one file of yours",
            advice="`api.upload_file` works as with a public repository: your token opens it for you.",
            earned=1,
        )
    return f"{repository.id} answers you, and a stranger is told that there is no such repository."


def _public(repository: Repository) -> Wrong:
    if repository.is_gated:
        return Wrong(
            "gated-not-private",
            "The repository is gated, which is something else than private.",
            got="a page and a list of files that everybody sees; only the files' content is held back",
            wanted="a repository that a stranger cannot see",
            advice="Gated is for models that many may have after they asked. Here nobody should know of it.",
            earned=1,
        )
    if _card_says_private(repository):
        return Wrong(
            "private-in-the-card",
            "The card says private, and the repository is public.",
            got="`private: true` in README.md, which the hub does not act on",
            wanted="a private repository",
            advice="Who may see it is a setting of the repository and not one of its files.",
        )
    return Wrong(
        "still-public",
        "Everybody can read this repository.",
        got="a public repository with " + listing(repository),
        wanted="a private repository",
        advice="New ones are public unless you say otherwise; an existing one is changed by `update_repo_settings`.",
    )


def _card_says_private(repository: Repository) -> bool:
    try:
        card = repository.text("README.md")
        metadata = yaml.safe_load(card.split("---")[1]) if card.startswith("---") else None
    except (LookupError, yaml.YAMLError):
        return False
    return isinstance(metadata, dict) and (metadata.get("private") is True or metadata.get("visibility") == "private")
