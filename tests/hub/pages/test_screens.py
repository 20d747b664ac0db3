"""The screens in the chapters: still to be taken from the real pages, small, and with a text for those who cannot see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.hub.server import launch
from grader.learning.figures import hub_page, hub_pages
from tests.hub.pages import screens

EVERY = pytest.mark.parametrize("path", sorted(hub_pages.FOLDER.iterdir()), ids=lambda path: path.stem)


@pytest.mark.browser
@pytest.mark.slow
def test_they_can_be_taken(tmp_path: Path):
    with screens.open_browser() as browser:
        hub = launch.start(ephemeral=True, stock=[])
        screens.take(browser, hub, tmp_path)
        hub.stop()
    taken = {path.name for path in tmp_path.iterdir()}
    assert taken == {path.name for path in hub_pages.FOLDER.iterdir()}, "renew them: python -m tests.hub.pages.screens"
    for name in taken:
        new, kept = Image.open(tmp_path / name), Image.open(hub_pages.FOLDER / name)
        assert new.size == kept.size, f"{name} is no longer what its page is. Run: python -m tests.hub.pages.screens"
        assert shows_something(new), name


@EVERY
def test_each_is_small_and_shows_something(path: Path):
    assert path.stat().st_size <= screens.LARGEST
    assert shows_something(Image.open(path))


@pytest.mark.parametrize("name", hub_pages.ALTS)
def test_a_notebook_shows_it_in_both_schemes_and_in_words(name: str):
    shown = hub_page(name)._repr_mimebundle_()
    assert (
        shown["text/html"].count("data:image/webp;base64,") == 2 and "prefers-color-scheme: dark" in shown["text/html"]
    )
    assert f'alt="{hub_pages.ALTS[name]}"' in shown["text/html"]
    assert shown["text/plain"] == f"[picture: {hub_pages.ALTS[name]}]"


def test_dark_is_dark_and_light_is_light():
    for name in hub_pages.ALTS:
        light, dark = (mean_brightness(hub_pages.path_of(name, scheme)) for scheme in hub_pages.SCHEMES)
        assert dark < 80 < 200 < light, name


def test_a_name_that_there_is_none_of():
    with pytest.raises(ValueError, match="there are new, files"):
        hub_page("profile")


def shows_something(image: Image.Image) -> bool:
    """More than one or two colors: letters have soft edges."""
    pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    return len(np.unique(pixels[::7], axis=0)) > 100


def mean_brightness(path: Path) -> float:
    """From 0, black, to 255, white."""
    return float(np.asarray(Image.open(path).convert("L")).mean())
