"""The pages in a real browser: accessible, usable with the keyboard alone, and asking nobody else for anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from grader.hub.server.launch import RunningHub
from grader.hub.store import discussions
from grader.hub.store.repos import Add, Delete, RepoStore
from tests.browser.conftest import browser_path
from tests.browser.running_lab import PATIENCE
from tests.hub.conftest import commit_body, file_line, send
from tests.hub.pages.test_pages import CARD, PNG

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REPO = "learner/seen"
FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element)
    if (element === document.body) return ['', 'on the browser itself']
    const label = element.labels?.length ? element.labels[0].innerText : element.innerText
    return [(element.getAttribute('aria-label') ?? label ?? '').trim(), style.outlineStyle]
}"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = browser_path("the pages")
    with sync_playwright() as playwright:
        home = str(tmp_path_factory.mktemp("browser-home"))
        browser = playwright.chromium.launch(executable_path=path, env=os.environ | {"HOME": home})
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser: Browser, hub: RunningHub) -> Iterator[Callable[..., Page]]:
    """A tab of the given width and color scheme, logged in by a one-time link; in the end it asked only the hub."""
    expect.set_options(timeout=PATIENCE * 1000)
    asked: list[str] = []
    contexts = []

    def open_tab(width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(send(hub, "POST", "/api/login-link").json["url"])
        page.wait_for_url(f"{hub.url}/")
        return page

    yield open_tab
    for context in contexts:
        context.close()
    elsewhere = [url for url in asked if not url.startswith((f"{hub.url}/", "data:"))]
    assert asked and elsewhere == []


@pytest.fixture(scope="module")
def seen(hub: RunningHub) -> Iterator[str]:
    """A repository with something of each kind; gives the sha of its last commit."""
    store = RepoStore(hub.hf_home.parent / "hub")
    repo = store.create("models", REPO, author="learner")
    repo.commit([Add("a.py", b"import os\n\nx = 'y'  # z\n"), Add("img/a.png", PNG), Add("w.bin", b"\0" * 2000)], "Add")
    repo.create_branch("exp/one")
    discussions.propose(repo, [Add("a.py", b"import re\n")], "In conflict", "", author="anna")
    sha = repo.commit(
        [Add("README.md", CARD), Add("a.py", b"import sys\n"), Delete("w.bin")], "Change\n\nWhy", author="learner"
    )
    discussions.propose(repo, [Add("b.py", b"x = 1\n")], "To be merged", CARD.decode(), author="anna")
    discussions.start(repo, "Closed", "", author="learner")
    discussions.rename(repo, 3, "Closed and renamed", author="learner")
    discussions.set_status(repo, 3, "closed", author="learner", last_word="**Done**")
    discussions.start(repo, "Draft", "", author="learner", pull_request=True)
    asked = {
        name: {"status": status, "when": 1_700_000_000} for name, status in (("anna", "pending"), ("bo", "accepted"))
    }
    repo.change_settings(lambda settings: replace(settings, gated="manual", access=asked))
    yield sha
    store.delete(repo)


PAGES = [
    *(
        "/",
        "/models",
        "/models?task=text-classification",
        "/datasets?search=zzz",
        "/spaces",
        "/new",
        "/settings/tokens",
    ),
    *("/course/tiny-bert", "/datasets/nyu-mll/glue", "/spaces/evaluate-metric/f1", "/nobody/nothing", "/device"),
    *(f"/{REPO}{page}" for page in ("", "/tree/main", "/tree/main/img", "/commits/main", "/commit/{sha}", "/settings")),
    *(f"/{REPO}{page}" for page in ("/blob/main/a.py", "/blob/main/img/a.png", "/blob/exp%2Fone/w.bin")),
    *(f"/{REPO}/discussions{page}" for page in ("", "?status=all", "/1", "/2", "/3", "/4")),
    "/course/tiny-bert/discussions",
    *(f"/{REPO}{page}" for page in ("/upload/main", "/edit/main/README.md", "/delete/main/a.py")),
]


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(open_tab, hub, seen, width, scheme):
    page, axe, found = open_tab(width, scheme), Axe(), []
    for path in PAGES:
        page.goto(hub.url + path.format(sha=seen))
        found += _flaws(page, axe)
    page.goto(f"{hub.url}/new")
    page.get_by_label("Name").fill("not a name")
    page.get_by_role("button", name="Create repository").click()
    found += _flaws(page, axe)
    for path, button in (("discussions/3", "Comment"), ("discussions", "Open discussion"), ("settings", "Delete")):
        page.goto(f"{hub.url}/{REPO}/{path}")
        page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
        page.get_by_role("button", name=button).click()
        page.get_by_role("alert").wait_for()
        found += _flaws(page, axe)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{hub.url}/")
    for path in ("/login", f"/{REPO}/discussions/2"):
        page.goto(hub.url + path)
        found += _flaws(page, axe)
    assert found == []


def _flaws(page: Page, axe: Axe) -> list[tuple]:
    """What axe complains of, and whether the page is wider than the window."""
    found = [(page.url, flaw["id"], flaw["nodes"][0]["html"]) for flaw in axe.run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append((page.url, "wider than the window"))
    return found


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the focus is on what is called so; wherever it is on the way, it can be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(FOCUSED)
        assert outline != "none", f"The focus cannot be seen on {name!r}."
        if name.startswith(label):
            return
    raise AssertionError(f"Tab never reaches {label!r}.")


def press(page: Page, label: str, leads_to: str) -> None:
    """Go to a link or button by Tab, press Enter, and wait for the page that it leads to."""
    tab_to(page, label)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{leads_to}")


def test_keyboard_alone_makes_fills_and_deletes_a_repository(open_tab, hub, tmp_path):
    weights = tmp_path / "weights.bin"
    weights.write_bytes(b"\0" * 3000)
    page = open_tab()
    # From the start: a listener that comes just before the key may reach the browser after it.
    page.on("filechooser", lambda chooser: None)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)[0] == "Skip to content"
    press(page, "New", "/new")
    tab_to(page, "Name")
    page.keyboard.type("by-keyboard")
    tab_to(page, "Public")
    page.keyboard.press("ArrowDown")
    tab_to(page, "License")
    page.keyboard.type("MIT")
    press(page, "Create repository", "/learner/by-keyboard")
    expect(page.locator("h1")).to_contain_text("Private")

    press(page, "Upload files", "/upload/main")
    tab_to(page, "Files")  # the link, then the field of that name
    tab_to(page, "Files")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(weights)
    tab_to(page, "Commit message")
    page.keyboard.type("My weights")
    tab_to(page, "Description")
    press(page, "Commit", "/tree/main")
    expect(page.get_by_role("row", name="weights.bin")).to_contain_text("My weights")
    expect(page.get_by_role("row", name="weights.bin")).to_contain_text("LFS")

    press(page, "Card", "/learner/by-keyboard")
    press(page, "Edit card", "/edit/main/README.md")
    tab_to(page, "Text of README.md")
    page.keyboard.press("Control+End")
    page.keyboard.type("\nWritten **by keyboard**.")
    tab_to(page, "Description")
    press(page, "Commit", "/learner/by-keyboard")
    expect(page.locator("article strong")).to_have_text("by keyboard")

    press(page, "Settings", "/settings")
    tab_to(page, "Type")
    page.keyboard.type("learner/by-keyboard")
    press(page, "Delete", "/models")
    assert send(hub, "GET", "/api/models/learner/by-keyboard").status == 404


def test_keyboard_alone_discusses_and_merges(open_tab, hub, repo_id):
    body = commit_body(file_line("notes.txt", b"as proposed\n"))
    proposed = send(hub, "POST", f"/api/models/{repo_id}/commit/main?create_pr=1", body).json["pullRequestUrl"]
    page = open_tab()
    page.goto(f"{hub.url}/{repo_id}")
    press(page, "Community", f"/{repo_id}/discussions")
    tab_to(page, "New discussion")
    page.keyboard.press("Enter")
    tab_to(page, "Title")
    page.keyboard.type("By keyboard")
    tab_to(page, "What is it about?")
    page.keyboard.type("Is **this** possible?")
    press(page, "Open discussion", "/discussions/2")
    expect(page.locator(".talk strong").last).to_have_text("this")
    tab_to(page, "Your comment")
    page.keyboard.type("It is.")
    press(page, "Comment", "/discussions/2#*")
    expect(page.locator(".talk")).to_contain_text("It is.")
    tab_to(page, "Edit title")
    page.keyboard.press("Enter")
    tab_to(page, "Title")
    page.keyboard.type("All by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All by keyboard")).to_be_visible()
    tab_to(page, "Close discussion")
    page.keyboard.press("Enter")
    expect(page.locator(".talk-head .status")).to_contain_text("Closed")

    press(page, "Community", f"/{repo_id}/discussions")
    press(page, "a commit", proposed.removeprefix(hub.url))
    expect(page.locator(".changes")).to_contain_text("as proposed")
    tab_to(page, "Merge into main")
    page.keyboard.press("Enter")
    expect(page.locator(".talk-head .status")).to_contain_text("Merged")
    assert send(hub, "GET", f"/{repo_id}/resolve/main/notes.txt").body == b"as proposed\n"


def test_copying_and_what_works_without_scripts(open_tab, browser, hub, seen):
    page = open_tab()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{hub.url}/{REPO}")
    page.get_by_role("button", name="Copy the lines: Clone with git").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"git lfs install\ngit clone {hub.url}/{REPO}"
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{hub.url}/models")
    plain.get_by_label("Task").select_option("text-classification")
    plain.get_by_role("button", name="Apply").click()
    assert "task=text-classification" in urlsplit(plain.url).query
    plain.context.close()


def test_picture_of_a_card_is_shown(open_tab, hub, seen):
    page = open_tab()
    page.goto(f"{hub.url}/{REPO}")
    assert page.locator("article img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1


def test_pushed_page_cannot_run(open_tab, hub, seen, tmp_path: Path):
    store = RepoStore(hub.hf_home.parent / "hub")
    script = b"<script>document.title = 'ran'</script>"
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>document.title = "ran"</script></svg>'
    store.find("models", REPO).commit([Add("x.html", script), Add("x.svg", svg)], "Pages")
    page = open_tab()
    for name in ("x.html", "x.svg"):
        page.goto(f"{hub.url}/{REPO}/raw/main/{name}")
        assert page.title() != "ran"
        page.goto(f"{hub.url}/{REPO}/blob/main/{name}")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        assert Path(download.value.path()).read_bytes() in (script, svg)
    page.goto(f"{hub.url}/{REPO}/blob/main/x.svg")
    assert page.locator(".picture img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 9
    assert page.title() != "ran"
