"""Screens of the Hub's web pages, as the practice hub shows them: photographs, and not drawn like the other pictures.

`python -m tests.hub.pages.screens` takes them anew from the real pages, once in light and once in dark.
"""

from __future__ import annotations

import base64
import html
from pathlib import Path

from PIL import Image

from grader.learning.figures.canvas import SHARPNESS

FOLDER = Path(__file__).parent / "screens"
SCHEMES = ("light", "dark")

# What each screen shows, for those who do not see it.
ALTS = {
    "new": "The page for a new repository: a form with its type (model, dataset or space), name, visibility (public "
    "or private) and license, and a button that creates it.",
    "files": "The files of a model: a list with name, size and last commit of each, the label LFS at "
    "model.safetensors, and a button for uploads.",
    "card": "The page of a model: license and tags on top, then its card as text, with a table of the evaluation "
    "results that its metadata names; beside it the lines that load the model.",
    "settings": "The settings of a repository: it is public or private, and its files are for everybody who sees it, "
    "for everybody who asks, or for those whom you accept.",
    "tokens": "The page for access tokens: a list with name and role of each and a button that revokes it, and a form "
    "for a new one that may read only or also write.",
}


class Screen:
    """A page in light and in dark; a browser shows the one that goes with its own color scheme."""

    def __init__(self, name: str) -> None:
        self.alt = ALTS[name]
        self._files = {scheme: path_of(name, scheme) for scheme in SCHEMES}

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        light, dark = (_data_url(self._files[scheme]) for scheme in SCHEMES)
        with Image.open(self._files["light"]) as image:
            width = image.width // SHARPNESS
        picture = (
            f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
            f'<img class="course-picture" alt="{html.escape(self.alt)}" src="{light}" style="width:{width}px;'
            'max-width:100%;margin:4px 0;border:1px solid rgba(128,128,128,0.5);border-radius:6px"></picture>'
        )
        return {"text/html": picture, "text/plain": f"[picture: {self.alt}]"}


def hub_page(name: str) -> Screen:
    """A screen of the Hub's web pages; raises `ValueError` for a name that there is none of."""
    if name not in ALTS:
        raise ValueError(f"There is no screen {name!r}; there are {', '.join(ALTS)}.")
    return Screen(name)


def path_of(name: str, scheme: str, folder: Path = FOLDER) -> Path:
    """Where the file of a screen lies."""
    return folder / f"{name}-{scheme}.webp"


def _data_url(path: Path) -> str:
    return f"data:image/webp;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
