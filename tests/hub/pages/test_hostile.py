"""Names, texts and files that mean harm: they are shown as what they are, and run nowhere."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest

from grader.hub.pages.frame import shown
from grader.hub.pages.markdown import Place, card_html
from grader.hub.store.repos import Add, RepoStore
from tests.hub.pages.conftest import HTML, Parsed

SCRIPT = "<script>alert(1)</script>"
HANDLER = '"><img src=x onerror=alert(1)>'
REVERSED = "photo\u202egnp.exe"
ESCAPE = "\x1b[31mred\x07"
MARKUP = [SCRIPT, HANDLER, REVERSED, ESCAPE, "{{ 7*7 }}{% raw %}", "&lt;b&gt;", "javascript:alert(1)"]
FILE_NAMES = ["<script>alert(1)<\u2044script>.txt", "a\"b'c.md", REVERSED, "{{7*7}}.py", "?q#f%2e.txt", "&amp;.txt"]
CARDS = [
    SCRIPT,
    "<img src=x onerror=alert(1)><svg onload=alert(1)><style>body{display:none}</style>",
    "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](data:text/html,x) [v](vbscript:x) <a href='java\nscript:x'>w</a>",
    "<iframe src='https://evil.example'></iframe><form action='/new'><input name=form_token><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'><base href='https://evil.example'><link rel=stylesheet>",
    "<div class='top' id='main' style='position:fixed'>fake</div><details ontoggle=alert(1) open>x</details>",
    "![x](https://evil.example/x.png) <img src='//evil.example/x.png'> <img srcset='https://evil.example/x 1x'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript><!--><img src=x onerror=alert(1)>-->",
    f"# {HANDLER}\n## {SCRIPT}\n[a](<x\"onmouseover=alert(1)>) `{SCRIPT}` [b]: x 'y'\n",
    '```html\n<script>alert(1)</script>\n```\n```x"onload="alert(1)\n<b>\n```\n',
]


class Nowhere:
    """The repository of a card that is rendered without a hub."""

    type, id = "models", "learner/x"


PLACE = Place(Nowhere, "main", "http://127.0.0.1:1", lambda kind, name: False)


def harmless(html: str, own_scripts: int) -> None:
    page = Parsed(html)
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert scripts == [{"src": "/-/copy.js", "defer": ""}] * own_scripts
    for tag, attributes in page.elements:
        assert tag not in ("iframe", "object", "embed", "style", "base", "svg", "math"), tag
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("style", "srcset", "formaction"), (tag, name)
            if name in ("href", "src", "action"):
                assert (
                    value.partition(":")[0].lower() in ("http", "https", "mailto")
                    or ":" not in value.split("/")[0]
                    or (value == "data:,")
                ), value
            if name == "src":
                assert value.startswith("/") and not value.startswith("//"), value
    # What goes back to the hub with a form must stay as it is.
    seen = [value for _, attributes in page.elements for name, value in attributes.items() if name != "value"]
    assert not set("".join([page.text, *seen])) & set("\u202e\x1b\x07\x00")


@pytest.mark.parametrize("card", CARDS)
def test_card_is_harmless(card):
    html = card_html(card, PLACE)
    harmless(html, own_scripts=0)
    for tag, attributes in Parsed(html).elements:
        assert tag not in ("form", "input", "button", "meta", "link", "script", "textarea")
        assert not attributes.get("id") or attributes["id"].startswith("card-")
        assert attributes.get("class") not in ("top", "wide")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "*a" * 50_000,
        "<a>" * 50_000,
        "> " * 20_000 + "x",
        "- " * 20_000,
        "`" * 50_001,
        "http://a.b/(" * 20_000,
    ]
    + ["|a" * 20_000 + "\n" + "|-" * 20_000, "![" * 50_000, "<div>" * 30_000, "x@" * 50_000],
)
def test_card_that_is_made_to_keep_the_hub_busy(text):
    start = time.process_time()
    card_html(text, PLACE)
    assert time.process_time() - start < 10


def test_misleading_letters_are_written_out():
    assert shown(REVERSED) == "photo\\u202egnp.exe" and shown("\x1b") == "\\x1b"
    assert shown("two\nlines\tsмall שלום 文") == "two\nlines\tsмall שלום 文"


@pytest.fixture
def hostile_repo(hub, repo_id):
    """A repository as a push of git might leave it, with everything hostile at once."""
    repo = RepoStore(hub.hf_home.parent / "hub").find("models", repo_id)
    header = "---\ntags: ['<b>t</b>', \"a' onclick=x\", \"\\u202ex\"]\nlicense: '\"><script>'\n"
    header += "model-index: [{results: [{task: {name: '<i>'}, metrics: [{name: '<u>', value: '<s>'}]}]}]\n---\n"
    files = [Add(name, f"{SCRIPT}\n{REVERSED}\n".encode()) for name in FILE_NAMES]
    files += [Add("README.md", (header + "\n\n".join(CARDS)).encode()), Add("page.html", SCRIPT.encode())]
    repo.commit(files, f"{HANDLER} {REVERSED}\n\n{SCRIPT}\n{ESCAPE}", author=f"<b>{REVERSED}")
    repo.create_branch("<b>x'\"&")
    repo.tag("\u2068t&<i>")
    return repo


def test_pages_about_hostile_things_are_harmless(hostile_repo, stranger, visitor):
    repo_id, branch = hostile_repo.id, "%3Cb%3Ex'%22&"
    pages = [
        "",
        f"/tree/{branch}",
        "/tree/main",
        "/commits/main",
        f"/commits/{branch}",
        f"/commit/{hostile_repo.resolve()}",
    ]
    pages += ["/edit/main/README.md", f"/upload/{branch}", "/delete/main/page.html", "/blob/main/page.html"]
    pages += [
        href.removeprefix(f"/{repo_id}")
        for href in Parsed(stranger.get(f"/{repo_id}/tree/main").body.decode()).all("a", "href")
        if "/blob/" in href
    ]
    assert len(pages) > 15
    for page in pages:
        answer = visitor.get(f"/{repo_id}{page}")
        assert answer.status == 200, page
        if "/edit/" in page:  # the editor must show what is in the file, letter by letter
            assert "textarea" in visitor.last and SCRIPT not in visitor.last
        else:
            harmless(answer.body.decode(), own_scripts=1)
    for text in MARKUP:
        for page in (f"/models?search={quote(text)}", f"/nobody/{quote(text)}", f"/device?code={quote(text)}"):
            harmless(visitor.get(page).body.decode(), own_scripts=1)


def test_pushed_pages_and_pictures_do_not_run(hub, repo_id, ask):
    repo = RepoStore(hub.hf_home.parent / "hub").find("models", repo_id)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    repo.commit([Add("x.html", SCRIPT.encode()), Add("x.svg", svg), Add("x.bin", b"\0<html>" * 500)], "Add")
    for name, media_type in (
        ("x.html", "text/plain"),
        ("x.svg", "image/svg+xml"),
        ("x.bin", "application/octet-stream"),
    ):
        headers = ask("GET", f"/{repo_id}/resolve/main/{name}", headers={"Accept": HTML}).headers
        assert headers.get_content_type() == media_type and headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].endswith("sandbox")
        assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''x.")
    assert ask("GET", f"/{repo_id}/raw/main/x.html").headers.get_content_type() == "text/plain"


def test_commit_that_is_made_to_keep_the_hub_busy(hub, repo_id, stranger):
    repo = RepoStore(hub.hf_home.parent / "hub").find("models", repo_id)
    lines = [f"{number % 7}\n" for number in range(2900)]
    repo.commit([Add("a.txt", "".join(lines).encode()), Add("long.py", b"(" * 90_000)], "Add")
    sha = repo.commit([Add("a.txt", "".join(reversed(lines)).encode()), Add("long.py", b"[" * 90_000)], "Turn")
    start = time.perf_counter()
    assert stranger.get(f"/{repo_id}/commit/{sha}").status == 200
    assert stranger.get(f"/{repo_id}/blob/main/long.py").status == 200
    assert time.perf_counter() - start < 30
