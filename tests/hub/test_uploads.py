"""Uploading large files over plain HTTP: the batch call, the signed address, the check, the commit."""

from __future__ import annotations

import hashlib

import pytest

from tests.hub.conftest import commit_body


def lfs_upload(ask, hub, repo_id, oid, size) -> str | None:
    """The address to upload to, without its host; None when the object is there already."""
    path = f"/{repo_id}.git/info/lfs/objects/batch"
    (told,) = ask("POST", path, {"operation": "upload", "objects": [{"oid": oid, "size": size}]}).json["objects"]
    return told["actions"]["upload"]["href"].removeprefix(hub.url) if "actions" in told else None


def test_large_file_goes_in_once(ask, hub, repo_id):
    content = b"\0" * 100_000
    oid = hashlib.sha256(content).hexdigest()
    address = lfs_upload(ask, hub, repo_id, oid, len(content))
    verify = f"/{repo_id}.git/info/lfs/objects/verify"
    assert ask("POST", verify, {"oid": oid, "size": len(content)}).status == 404
    assert ask("PUT", address, content, token=None).status == 200
    assert ask("POST", verify, {"oid": oid, "size": len(content)}).status == 200
    assert lfs_upload(ask, hub, repo_id, oid, len(content)) is None
    line = ("lfsFile", {"path": "w.bin", "algo": "sha256", "oid": oid, "size": len(content)})
    assert ask("POST", f"/api/models/{repo_id}/commit/main", commit_body(line)).status == 200
    assert ask("GET", f"/{repo_id}/resolve/main/w.bin").body == content


def test_bad_uploads_are_refused_and_not_stored(ask, hub, repo_id):
    content = b"right content"
    oid = hashlib.sha256(content).hexdigest()
    address = lfs_upload(ask, hub, repo_id, oid, len(content))
    assert ask("PUT", address, b"wrong content", token=None).status == 400
    assert ask("PUT", address, b"short", token=None).status == 400
    assert ask("PUT", address, content * 100_000, token=None).status == 413
    other = hashlib.sha256(b"other").hexdigest()
    for forged in (
        address.replace(oid, other),
        address.replace("size=13", "size=14"),
        address.replace("expires=", "expires=9"),
        address.replace("signature=", "signature=0"),
        address.replace("signature=", "signature=%C3%BC"),
        address.replace(repo_id, "learner/other"),
    ):
        assert ask("PUT", forged, content, token=None).status == 403
    for broken in (address.partition("?")[0], address.replace("size=", "size=x"), address.replace(oid, "..%2fx")):
        assert ask("PUT", broken, content, token=None).status == 400
    assert lfs_upload(ask, hub, repo_id, oid, len(content)), "it is still to come"
    assert not list((hub.hf_home.parent / "hub" / "tmp").iterdir())


@pytest.mark.parametrize(
    "body",
    [
        {"operation": "upload", "objects": [{"oid": "../x", "size": 1}]},
        {"operation": "upload", "objects": [{"oid": "0" * 64, "size": -1}]},
        {"operation": "upload", "objects": [3]},
        {"operation": "upload"},
    ],
)
def test_bad_batch(ask, repo_id, body):
    assert ask("POST", f"/{repo_id}.git/info/lfs/objects/batch", body).status == 400
