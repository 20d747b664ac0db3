"""Takes the screens of the chapters from the pages of a real practice hub: `python -m tests.hub.pages.screens`."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from grader.hub.server.launch import start
from grader.hub.server.running import RunningHub
from grader.learning.figures import hub_pages
from tests.browser.conftest import browser_path

REPO = "learner/my-first-bert"
# Address of each screen, and its width and height in CSS pixels; the rest of the page is cut off.
PAGES = {
    "new": ("/new", 800, 720),
    "files": (f"/{REPO}/tree/main", 860, 590),
    "card": (f"/{REPO}", 960, 740),
    "settings": (f"/{REPO}/settings", 800, 650),
    "tokens": ("/settings/tokens", 800, 740),
}
SHARPNESS = 1.5  # image pixels a CSS pixel of the page, which a chapter shows at three quarters of its size
QUALITY = 60  # of 100
LARGEST = 60_000  # bytes
CARD = b"""---
language: en
license: apache-2.0
tags: [text-classification, course]
datasets: [nyu-mll/glue]
metrics: [accuracy]
model-index:
- name: my-first-bert
  results:
  - task: {type: text-classification}
    dataset: {name: GLUE MRPC, type: nyu-mll/glue}
    metrics:
    - {type: accuracy, value: 0.83}
---

# my-first-bert

A small BERT that tells whether two sentences say the same.

## Intended uses & limitations

For exercises. It has seen English news alone.

## How to use

```python
from transformers import pipeline

classifier = pipeline("text-classification", model="learner/my-first-bert")
```
"""


def take(browser: Browser, hub: RunningHub, folder: Path) -> None:
    """All screens in both color schemes, from a hub of which nobody else has anything."""
    _push_a_model(hub)
    for scheme in hub_pages.SCHEMES:
        context = browser.new_context(device_scale_factor=SHARPNESS, color_scheme=scheme)
        page = context.new_page()
        page.goto(hub.page())
        page.wait_for_url(f"{hub.url}/")
        for name, (path, width, height) in PAGES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(hub.url + path)
            image = Image.open(io.BytesIO(page.screenshot()))
            image.convert("RGB").save(hub_pages.path_of(name, scheme, folder), quality=QUALITY, method=6)
        context.close()


@contextmanager
def open_browser() -> Iterator[Browser]:
    path = browser_path("the screens")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=path, env=os.environ | {"HOME": home})
        yield browser
        browser.close()


def _push_a_model(hub: RunningHub) -> None:
    api = HfApi(endpoint=hub.url, token=hub.token)
    api.create_repo(REPO)
    for message, files in (
        ("Upload model", {"config.json": b'{"model_type": "bert"}\n', "model.safetensors": bytes(4_400_000)}),
        ("Upload tokenizer", {"tokenizer.json": b"{}" * 40_000, "tokenizer_config.json": b"{}\n"}),
        ("Write the card", {"README.md": CARD}),
    ):
        additions = [CommitOperationAdd(path, content) for path, content in files.items()]
        api.create_commit(REPO, additions, commit_message=message)


def main() -> None:
    hub_pages.FOLDER.mkdir(exist_ok=True)
    with open_browser() as browser:
        take(browser, start(ephemeral=True, stock=[]), hub_pages.FOLDER)
    for path in sorted(hub_pages.FOLDER.iterdir()):
        print(f"{path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    os.environ["HF_HUB_DISABLE_XET"] = "1"
    main()
