"""A repository on the Hub as a check sees it: what lies in it, asked from the hub itself and never from the learner.

Works alike on the practice hub and on the real one, through the ordinary client.
"""

from __future__ import annotations

import json
from typing import Any


class NotLoggedIn(LookupError):
    """The hub does not know who asks: there is no token, or it is not valid."""


class Repository:
    """The main branch of a model repository.

    Raises `LookupError` when there is none that the learner may read, and its kind `NotLoggedIn` when the hub does not
    take the learner's token.
    """

    def __init__(self, repo_id: str) -> None:
        from huggingface_hub import HfApi
        from huggingface_hub.utils import HfHubHTTPError, HFValidationError

        self.id = repo_id
        try:
            self._info = HfApi().model_info(repo_id, files_metadata=True)
        except (HfHubHTTPError, HFValidationError) as error:
            _refuse_unknown_token()
            raise LookupError(f"there is no repository {repo_id!r} that you may read") from error

    @property
    def files(self) -> dict[str, int]:
        """The paths of all files, each with its size in bytes."""
        return {entry.rfilename: entry.size or 0 for entry in self._info.siblings or []}

    @property
    def is_private(self) -> bool:
        return bool(self._info.private)

    @property
    def is_gated(self) -> bool:
        """Whether its page is for everybody, but its files are for those who asked for access."""
        return bool(self._info.gated)

    def is_open_to_strangers(self) -> bool:
        """Whether somebody without a token can see it. Asks the hub as such a stranger."""
        from huggingface_hub import HfApi
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            HfApi(token=False).model_info(self.id)
        except RepositoryNotFoundError:
            return False
        return True

    def text(self, path: str) -> str:
        """The content of a text file; raises `LookupError` when it is missing."""
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import EntryNotFoundError

        try:
            local = hf_hub_download(self.id, path, revision=self._info.sha)
        except EntryNotFoundError:
            raise LookupError(f"{self.id} has no file {path!r}") from None
        with open(local, encoding="utf-8-sig", errors="replace") as file:
            return file.read()

    def json(self, path: str) -> Any:
        return json.loads(self.text(path))


def own_account() -> str:
    """The account that the learner is logged in with; raises `NotLoggedIn`."""
    from huggingface_hub import whoami
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        # The real Hub soon refuses to answer this question again and again; the client remembers it for each token.
        return whoami(cache=True)["name"]
    except (LocalTokenNotFoundError, HfHubHTTPError) as error:
        raise NotLoggedIn(str(error).partition("\n")[0]) from error


def _refuse_unknown_token() -> None:
    """Raises `NotLoggedIn` when the token has been revoked since the client last asked whose it is."""
    from huggingface_hub import whoami
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        whoami()
    except LocalTokenNotFoundError as error:
        raise NotLoggedIn(str(error).partition("\n")[0]) from error
    except HfHubHTTPError as error:
        if error.response.status_code == 401:
            raise NotLoggedIn("401: the hub does not take your token") from error
