"""Forms that change something: only from a page of this hub, in the session that the page was made for.

The cookie alone is no proof, since a browser sends it along from any page of this machine.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.hub.access import hub_of, session_of, visitor_of
from grader.hub.accounts.logins import form_token
from grader.hub.errors import BadRequest, Forbidden, Unauthorized

_MOST_FIELDS = 50
LARGEST_TEXT = 2 << 20  # bytes of one field

_ENDED = (
    "Your session has ended or this page is an old one. Nothing was written. Log in again in another tab, then come "
    "back here with the browser's Back button: what you entered should still be there. Send it again."
)

Submit = Callable[[Request, FormData], Response]


def with_form(submit: Submit, *, anonymous: bool = False, most_files: int = 0) -> Callable:
    """An endpoint that runs `submit(request, form)` in a thread, for a form that this visitor got from this hub.

    Raises `Unauthorized` for a visitor who is not logged in, unless the form is for `anonymous` ones too, and
    `Forbidden` for a form from elsewhere.
    """

    @functools.wraps(submit)
    async def endpoint(request: Request) -> Response:
        # Before the body is read: what a stranger sends must not fill the disk.
        _refuse_other_origin(request)
        if not anonymous and visitor_of(request) is None:
            raise Unauthorized(_ENDED)
        limits = {"max_files": most_files, "max_fields": _MOST_FIELDS, "max_part_size": LARGEST_TEXT}
        try:
            await request.form(**limits)
        except HTTPException as error:
            raise BadRequest(f"This form cannot be read, so nothing was written: {error.detail}") from None
        async with request.form() as form:
            expected = form_token(hub_of(request).signing_key, session_of(request))
            if not hmac.compare_digest(expected.encode(), text(form, "form_token").encode(errors="replace")):
                raise Forbidden(_ENDED)
            return await run_in_threadpool(submit, request, form)

    return endpoint


def text(form: FormData, name: str) -> str:
    """What was entered in a field, empty when the form has no such field."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def files(form: FormData, name: str) -> list[UploadFile]:
    """The files that were chosen in a field; a browser sends one without a name when there are none."""
    return [value for value in form.getlist(name) if isinstance(value, UploadFile) and value.filename]


def _refuse_other_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This form came from another site. Nothing was written.")
