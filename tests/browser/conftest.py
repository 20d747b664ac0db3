"""JupyterLab as a learner gets it, and a browser to look at it. Both are gone afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.running_lab import PATIENCE, RunningLab

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser_path(looks_at: str) -> str:
    """Where a browser is; without one the test is skipped, but not in CI."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path and not os.environ.get("CI"):
        pytest.skip(f"There is no browser to look at {looks_at} with. Install one of {', '.join(BROWSERS)}.")
    assert path, f"In CI this test must run, and there is none of {', '.join(BROWSERS)}."
    return path


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """An empty tab of a browser with a home folder of its own."""
    path = browser_path("JupyterLab")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, env=os.environ | {"HOME": str(tmp_path / "browser-home")}
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE * 1000)
        yield page
        browser.close()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    lab = RunningLab(tmp_path)
    yield lab
    lab.clean_up()
