"""Uploading large files: the LFS batch call gives out signed addresses, the content goes there, `verify` confirms.

The clients send the content without a token, so the address itself carries the right: a signature over repository,
object, size and time of expiry.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import IO, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.hub.access import HubState, hub_of, parse_object, with_body, writable_repo_of
from grader.hub.errors import BadRequest, Forbidden, NotFound, TooLarge
from grader.hub.routing import of_every_kind
from grader.hub.store.lfs import Pointer, is_sha256
from grader.hub.store.repos import Repo

_VALID_FOR = 3600  # seconds
_LFS_JSON = "application/vnd.git-lfs+json"


def batch(request: Request, body: IO[bytes]) -> Response:
    """For each object an address to upload it to, or none when the hub has it already."""
    repo, _ = writable_repo_of(request)
    asked = parse_object(body.read())
    if asked.get("operation") != "upload":
        raise NotFound(f"The practice hub does not offer the LFS operation {asked.get('operation')!r}.")
    objects = asked.get("objects")
    if not isinstance(objects, list):
        raise BadRequest("The body must hold a list of 'objects'.")
    answers = [_upload(request, repo, _pointer(fields)) for fields in objects]
    return JSONResponse({"transfer": "basic", "objects": answers}, media_type=_LFS_JSON)


def _upload(request: Request, repo: Repo, pointer: Pointer) -> dict[str, Any]:
    answer = {"oid": pointer.sha256, "size": pointer.size, "authenticated": True}
    if repo.lfs.find(pointer.sha256):
        return answer
    hub, expires = hub_of(request), int(time.time()) + _VALID_FOR
    objects = f"{hub.url(repo)}.git/info/lfs/objects"
    signature = _signature(hub, repo.type, repo.id, pointer, expires)
    href = f"{objects}/{quote(pointer.sha256)}?size={pointer.size}&expires={expires}&signature={signature}"
    return answer | {
        "actions": {"upload": {"href": href, "header": {}}, "verify": {"href": f"{objects}/verify", "header": {}}}
    }


async def upload(request: Request) -> Response:
    """The content of one object, to be stored if its sha256 and size are those of the address."""
    hub, query = hub_of(request), request.query_params
    try:
        pointer = _pointer({"oid": request.path_params["oid"], "size": int(query.get("size", ""))})
        expires = int(query.get("expires", ""))
    except ValueError:
        raise BadRequest("The address of an upload must say size and expiry.") from None
    repo_type, repo_id = request.path_params.get("kind", "models"), request.path_params["repo"]
    expected = _signature(hub, repo_type, repo_id, pointer, expires)
    if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()) or expires < time.time():
        raise Forbidden("This upload address is wrong or has expired. Start the upload again.")
    arrived = 0
    with hub.store.lfs.incoming() as incoming:
        async for piece in request.stream():
            arrived += len(piece)
            if arrived > pointer.size:
                raise TooLarge(f"More arrived than the {pointer.size:,} bytes announced. Nothing was stored.")
            incoming.write(piece)
        await run_in_threadpool(incoming.keep, pointer)
    return Response()


def verify(request: Request, body: IO[bytes]) -> Response:
    """Is the object there, with this size?"""
    repo, _ = writable_repo_of(request)
    pointer = _pointer(parse_object(body.read()))
    found = repo.lfs.find(pointer.sha256)
    if found is None or found.stat().st_size != pointer.size:
        raise NotFound(f"The object {pointer.sha256[:12]}... did not arrive. Upload it again.")
    return Response()


def _pointer(fields: Any) -> Pointer:
    match fields:
        case {"oid": str(oid), "size": int(size)} if is_sha256(oid) and size >= 0:
            return Pointer(oid, size)
    raise BadRequest("An object must have an 'oid' (its sha256 in 64 hex digits) and a 'size' in bytes.")


def _signature(hub: HubState, repo_type: str, repo_id: str, pointer: Pointer, expires: int) -> str:
    signed = f"{repo_type}/{repo_id} {pointer.sha256} {pointer.size} {expires}"
    return hmac.new(hub.signing_key, signed.encode(), hashlib.sha256).hexdigest()


routes = [
    route
    for path in of_every_kind(".git/info/lfs/objects")
    for route in (
        Route(f"{path}/batch", with_body(batch), methods=["POST"]),
        Route(f"{path}/verify", with_body(verify), methods=["POST"]),
        Route(path + "/{oid:segment}", upload, methods=["PUT"]),
    )
]
