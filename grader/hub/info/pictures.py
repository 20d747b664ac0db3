"""Which files are pictures: they are shown, all else is read as text or only saved."""

from __future__ import annotations

_TYPES = {
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}


def picture_type(path: str) -> str | None:
    """The media type of a picture by its name, None for what is no picture."""
    _, dot, ending = path.rpartition(".")
    return _TYPES.get(ending.lower()) if dot else None
