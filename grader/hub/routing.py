"""Addresses of the hub: the Hub's clients encode `/` in branch names as `%2F`, so routes match what is still encoded.

The pieces of an address are decoded one by one after the match.
"""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor

from grader.hub.store.names import RESERVED, RESERVED_NAMESPACES


class _Decoded(Convertor[str]):
    """A piece of an address that matches `regex` while encoded."""

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        return value


class _Kind(_Decoded):
    regex: ClassVar[str] = "models|datasets|spaces"


class _Prefix(_Decoded):
    """In addresses of files, models are named without their kind."""

    regex: ClassVar[str] = "datasets|spaces"


class _RepoId(_Decoded):
    """`namespace/name`, or an old name of one segment: then a reserved word in second place is not part of it."""

    regex: ClassVar[str] = (
        rf"(?!(?:{'|'.join(RESERVED_NAMESPACES)})/)(?:[^/]+/(?!(?:{'|'.join(RESERVED)})(?:/|$))[^/]+|[^/]+)"
    )


class _Segment(_Decoded):
    regex: ClassVar[str] = "[^/]+"


class _Rest(_Decoded):
    regex: ClassVar[str] = ".+"


for name, convertor in {"kind": _Kind, "prefix": _Prefix, "repo": _RepoId, "segment": _Segment, "rest": _Rest}.items():
    register_url_convertor(name, convertor())


def whole_number(text: str | None, default: int, *, digits: int) -> int:
    """The number that an address holds, of at most so many digits; `default` when it holds none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= digits else default


REPO_API = "/api/{kind:kind}/{repo:repo}"


def of_every_kind(path: str) -> tuple[str, str]:
    """The addresses of a repository's files: for models `/{repo}path`, else with the kind before it."""
    return "/{repo:repo}" + path, "/{kind:prefix}/{repo:repo}" + path
