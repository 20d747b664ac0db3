"""Large files to and fro: the LFS batch call gives out signed addresses, the content goes there or comes from there.

The clients move the content without a token, so the address itself carries the right: a signature over direction,
repository, object, size and time of expiry. File locks are not offered; git-lfs does without them.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import IO, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from grader.hub.access import HubState, contributed_repo_of, hub_of, open_repo_of, parse_object, with_body
from grader.hub.api.files import LargeFile
from grader.hub.api.git_clients import LFS_JSON, LfsRoute
from grader.hub.errors import BadRequest, Forbidden, NotFound, TooLarge
from grader.hub.routing import of_every_kind
from grader.hub.store.lfs import Pointer, is_sha256
from grader.hub.store.repos import Repo

_VALID_FOR = 3600  # seconds


def batch(request: Request, body: IO[bytes]) -> Response:
    """For each object an address to upload it to, or none when the hub has it already; or one to download it from."""
    asked = parse_object(body.read())
    objects = asked.get("objects")
    if not isinstance(objects, list):
        raise BadRequest("The body must hold a list of 'objects'.")
    match asked.get("operation"):
        case "upload":
            repo, _ = contributed_repo_of(request)
            answers = [_upload(request, repo, _pointer(fields)) for fields in objects]
        case "download":
            repo = open_repo_of(request)
            answers = [_download(request, repo, _pointer(fields)) for fields in objects]
        case other:
            raise NotFound(f"The practice hub does not offer the LFS operation {other!r}.")
    return JSONResponse({"transfer": "basic", "objects": answers}, media_type=LFS_JSON)


def _upload(request: Request, repo: Repo, pointer: Pointer) -> dict[str, Any]:
    answer = {"oid": pointer.sha256, "size": pointer.size, "authenticated": True}
    if repo.lfs.find(pointer.sha256):
        return answer
    hub = hub_of(request)
    actions = {
        "upload": {"href": _address(hub, repo, pointer, "PUT"), "header": {}},
        # git-lfs confirms with just the headers that it is told here, the Hub's clients with their token.
        "verify": {
            "href": f"{_objects(hub, repo)}/verify",
            "header": {"Authorization": request.headers["authorization"]},
        },
    }
    return answer | {"actions": actions}


def _download(request: Request, repo: Repo, pointer: Pointer) -> dict[str, Any]:
    answer = {"oid": pointer.sha256, "size": pointer.size}
    if not repo.holds(pointer):  # the store is shared with repositories that this caller may not see
        return answer | {"error": {"code": 404, "message": f"{repo.id} has no such large file."}}
    href = _address(hub_of(request), repo, pointer, "GET")
    return answer | {"authenticated": True, "actions": {"download": {"href": href, "header": {}}}}


def _objects(hub: HubState, repo: Repo) -> str:
    return f"{hub.url(repo)}.git/info/lfs/objects"


def _address(hub: HubState, repo: Repo, pointer: Pointer, method: str) -> str:
    """Where the content of the object can be put or got for a while, by whoever has the address."""
    expires = int(time.time()) + _VALID_FOR
    signature = _signature(hub, method, repo.type, repo.id, pointer, expires)
    return f"{_objects(hub, repo)}/{pointer.sha256}?size={pointer.size}&expires={expires}&signature={signature}"


def download(request: Request) -> Response:
    """The content of one object, or the part of it that a Range header asks for."""
    pointer = _signed_pointer(request)
    found = hub_of(request).store.lfs.find(pointer.sha256)
    if found is None:
        raise NotFound(f"The practice hub does not have the object {pointer.sha256[:12]}....")
    return LargeFile(found, media_type="application/octet-stream", headers={"X-Content-Type-Options": "nosniff"})


async def upload(request: Request) -> Response:
    """The content of one object, to be stored if its sha256 and size are those of the address."""
    hub, pointer = hub_of(request), _signed_pointer(request)
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
    repo, _ = contributed_repo_of(request)
    pointer = _pointer(parse_object(body.read()))
    found = repo.lfs.find(pointer.sha256)
    if found is None or found.stat().st_size != pointer.size:
        raise NotFound(f"The object {pointer.sha256[:12]}... did not arrive. Upload it again.")
    return Response()


def _signed_pointer(request: Request) -> Pointer:
    """The object that an address is about; raises `Forbidden` unless the hub gave it out, for this, not long ago."""
    query = request.query_params
    try:
        pointer = _pointer({"oid": request.path_params["oid"], "size": int(query.get("size", ""))})
        expires = int(query.get("expires", ""))
    except ValueError:
        raise BadRequest("The address of a large file must say size and expiry.") from None
    repo_type, repo_id = request.path_params.get("kind", "models"), request.path_params["repo"]
    expected = _signature(hub_of(request), request.method, repo_type, repo_id, pointer, expires)
    if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()) or expires < time.time():
        raise Forbidden("This address of a large file is wrong or has expired. Start the transfer again.")
    return pointer


def _pointer(fields: Any) -> Pointer:
    match fields:
        case {"oid": str(oid), "size": int(size)} if is_sha256(oid) and size >= 0:
            return Pointer(oid, size)
    raise BadRequest("An object must have an 'oid' (its sha256 in 64 hex digits) and a 'size' in bytes.")


def _signature(hub: HubState, method: str, repo_type: str, repo_id: str, pointer: Pointer, expires: int) -> str:
    signed = f"{method} {repo_type}/{repo_id} {pointer.sha256} {pointer.size} {expires}"
    return hmac.new(hub.signing_key, signed.encode(), hashlib.sha256).hexdigest()


routes = [
    route
    for path in of_every_kind(".git/info/lfs/objects")
    for route in (
        LfsRoute(f"{path}/batch", with_body(batch), methods=["POST"]),
        LfsRoute(f"{path}/verify", with_body(verify), methods=["POST"]),
        LfsRoute(path + "/{oid:segment}", upload, methods=["PUT"]),
        LfsRoute(path + "/{oid:segment}", download, methods=["GET"]),
    )
]
