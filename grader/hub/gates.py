"""The gate of a repository: who asked for its files, and what its owner decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grader.hub.access import may_read_files
from grader.hub.accounts.accounts import Caller
from grader.hub.errors import BadRequest, NotFound
from grader.hub.store.reading import Settings
from grader.hub.store.repos import Repo
from grader.hub.store.repository import now

STATES = ("accepted", "pending", "rejected")


def ask_for_access(caller: Caller, repo: Repo) -> str:
    """Ask for the files of a gated repository: what became of it, "accepted", "pending" or "rejected".

    Granted at once where the gate is "auto"; what was decided before stays. Raises `BadRequest` if there is no gate.
    """

    def change(settings: Settings) -> Settings:
        at_once = settings.gated == "auto" or may_read_files(caller, repo)
        state = "accepted" if at_once else "pending"
        return replace(settings, access={caller.name: {"status": state, "when": now()}} | settings.access)

    return _change(repo, change).access[caller.name]["status"]


def decide(repo: Repo, account: str, state: str) -> None:
    """Accept or reject a request, or take the decision back ("pending").

    Raises `BadRequest` if there is no gate or no such state, `NotFound` if this account never asked.
    """
    if state not in STATES:
        raise BadRequest(f"A request can be {', '.join(STATES)}, not {state!r}.")

    def change(settings: Settings) -> Settings:
        if account not in settings.access:
            raise NotFound(f"{account!r} has not asked for access to {repo.id}.")
        return _decided(settings, account, state)

    _change(repo, change)


def grant(repo: Repo, account: str) -> None:
    """Give access to an account that need not have asked; raises `BadRequest` if it has it or there is no gate."""

    def change(settings: Settings) -> Settings:
        if settings.access.get(account, {}).get("status") == "accepted":
            raise BadRequest(f"{account!r} has access to {repo.id} already.")
        return _decided(settings, account, "accepted")

    _change(repo, change)


def refuse_ungated(repo: Repo, settings: Settings) -> None:
    """Raises `BadRequest` when whoever sees the repository has its files."""
    if not settings.gated:
        raise BadRequest(f"{repo.id} is not gated: whoever sees it has its files.")


def _change(repo: Repo, change: Callable[[Settings], Settings]) -> Settings:
    def behind_a_gate(settings: Settings) -> Settings:
        refuse_ungated(repo, settings)
        return change(settings)

    return repo.change_settings(behind_a_gate)


def _decided(settings: Settings, account: str, state: str) -> Settings:
    return replace(settings, access=settings.access | {account: {"status": state, "when": now()}})
