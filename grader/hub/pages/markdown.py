"""Cards as HTML: Markdown, made harmless, with links that lead where they should on this hub.

Three steps: Markdown becomes HTML (markdown-it-py), everything but plain formatting is taken out (nh3), and what is
left is written anew with links and images fitted to the repository that the card lies in.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nh3
from markdown_it import MarkdownIt

from grader.hub.pages.code import colored
from grader.hub.pages.frame import address, shown
from grader.hub.store.names import REPO_TYPES
from grader.hub.store.repos import Repo

LONGEST = 200_000  # characters of a card that are rendered

# Looking for addresses in a text without spaces takes time with the square of its length: 200,000 letters, a minute.
_LONG_WORD = re.compile(r"\S{2000}")
_THE_HUB = ("huggingface.co", "www.huggingface.co", "hf.co")
_OUTSIDE = 'rel="noopener noreferrer nofollow"'
_VOID = ("br", "hr", "img")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FORMATTING = """
a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp
small span strong sub summary sup table tbody td tfoot th thead tr u ul var
"""
_TAGS = set(_FORMATTING.split())
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "span": {"class"},
    "td": {"class", "colspan", "rowspan"},
    "th": {"class", "colspan", "rowspan"},
}


@dataclass(frozen=True)
class Place:
    """Where a card is shown: its repository and revision, the hub's own address, and which repositories it knows.

    The names of its headings start with `anchor`: they must differ from all other names on the page.
    """

    repo: Repo
    revision: str
    endpoint: str
    knows: Callable[[str, str], bool]  # of a type and an id
    anchor: str = "card"


def card_html(text: str, place: Place) -> str:
    """The HTML of a card's text, safe to be put into a page. Its headings begin one level below the page's own."""
    writer = _Writer(place)
    writer.feed(_plain_formatting(shown(text[:LONGEST])))
    writer.close()
    return writer.result()


@lru_cache(maxsize=128)
def _plain_formatting(text: str) -> str:
    return nh3.clean(
        _markdown(not _LONG_WORD.search(text)).render(text),
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "textarea", "iframe", "noscript", "svg", "math", "template"},
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "class":  # colors of code and columns of tables, none of the page's own
        pattern = r"[a-z][a-z0-9]{0,2}" if tag == "span" else "right|center"
        return value if re.fullmatch(pattern, value) else None
    if name in ("width", "height", "start", "colspan", "rowspan"):
        return value if re.fullmatch(r"\d{1,4}", value) else None
    return value


@lru_cache(maxsize=2)
def _markdown(linkify: bool) -> MarkdownIt:
    options = {"linkify": linkify, "highlight": lambda text, language, _: colored(text, language)}
    parser = MarkdownIt("gfm-like", options)

    def align_by_class(state) -> None:
        """The page forbids `style` attributes."""
        for token in state.tokens:
            if style := token.attrs.pop("style", None):
                token.attrs["class"] = str(style).removeprefix("text-align:")

    parser.core.ruler.push("align_by_class", align_by_class)
    return parser


class _Writer(HTMLParser):
    """Writes sanitized HTML anew for one place."""

    def __init__(self, place: Place):
        super().__init__(convert_charrefs=True)
        self._place = place
        self._parts: list[str] = []
        self._open_links: list[bool] = []  # whether each open <a> was written
        self._heading: int | None = None  # index of its opening tag among the parts
        self._slugs: dict[str, int] = {}

    def result(self) -> str:
        """What was written."""
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._open_link(given)
        elif tag == "img":
            self._image(given)
        elif tag in _HEADINGS:
            self._heading = len(self._parts)
            self._parts.append(f"<{_lower(tag)}>")
        elif tag == "table":
            self._parts.append('<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>')
        elif tag == "pre":
            self._parts.append('<pre tabindex="0">')
        else:
            written = "".join(f' {name}="{html.escape(value)}"' for name, value in given.items())
            self._parts.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        """Called by the parser."""
        if tag in _VOID:
            return
        if tag == "a":
            if self._open_links and self._open_links.pop():
                self._parts.append("</a>")
        elif tag in _HEADINGS:
            self._close_heading(tag)
        elif tag == "table":
            self._parts.append("</table></div>")
        else:
            self._parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Called by the parser."""
        self._parts.append(html.escape(data, quote=False))

    def _open_link(self, given: dict[str, str]) -> None:
        href, is_outside = _link(given.get("href", ""), self._place)
        self._open_links.append(href is not None)
        if href is not None:
            title = f' title="{html.escape(given["title"])}"' if "title" in given else ""
            outside = f" {_OUTSIDE}" if is_outside else ""
            self._parts.append(f'<a href="{html.escape(href)}"{title}{outside}>')

    def _image(self, given: dict[str, str]) -> None:
        source, is_outside = _link(given.get("src", ""), self._place, word="resolve")
        alt = given.get("alt", "")
        if source is not None and not is_outside:
            sizes = "".join(f' {name}="{given[name]}"' for name in ("width", "height") if name in given)
            self._parts.append(f'<img src="{html.escape(source)}" alt="{html.escape(alt)}"{sizes} loading="lazy">')
        elif source is None or any(self._open_links):
            self._parts.append(f'<span class="no-image">{html.escape(alt or "image")}</span>')
        else:
            name = html.escape(alt or posixpath.basename(urlsplit(source).path) or "image")
            self._parts.append(f'<a class="no-image" href="{html.escape(source)}" {_OUTSIDE}>{name}</a>')

    def _close_heading(self, tag: str) -> None:
        if self._heading is not None:
            words = re.sub(r"<[^>]*>", "", html.unescape("".join(self._parts[self._heading :])))
            slug = slug_of(words) or "section"
            self._slugs[slug] = self._slugs.get(slug, 0) + 1
            unique = slug if self._slugs[slug] == 1 else f"{slug}-{self._slugs[slug] - 1}"
            self._parts[self._heading] = f'<{_lower(tag)} id="{self._place.anchor}-{html.escape(unique)}">'
            self._heading = None
        self._parts.append(f"</{_lower(tag)}>")


def slug_of(words: str) -> str:
    """What links to a heading call it: `Intended uses` is `#intended-uses`."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", words.strip().lower()))


def _lower(heading: str) -> str:
    return _HEADINGS[min(_HEADINGS.index(heading) + 1, 5)]


def _link(url: str, place: Place, *, word: str = "blob") -> tuple[str | None, bool]:
    """Where a card's link leads (None: nowhere), and whether that is outside the hub."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None, False
    if parts.scheme == "mailto":
        return url, True
    if parts.scheme not in ("", "http", "https"):
        return None, False
    tail = f"?{parts.query}" * bool(parts.query) + f"#{parts.fragment}" * bool(parts.fragment)
    if parts.netloc:
        own = parts.netloc == urlsplit(place.endpoint).netloc
        if own or (parts.netloc.lower() in _THE_HUB and _is_here(parts.path, place)):
            local = "/" + parts.path.lstrip("/")
            return (local.replace("/blob/", "/resolve/", 1) if word == "resolve" else local) + tail, False
        return url, True
    if not parts.path:
        return (f"#{place.anchor}-{parts.fragment.lower()}", False) if parts.fragment else (None, False)
    if parts.path.startswith("/"):
        return "/" + parts.path.lstrip("/") + tail, False
    path = posixpath.normpath(unquote(parts.path))
    if path.startswith(".."):
        return None, False
    if path == ".":
        return address(place.repo), False
    return address(place.repo, word, place.revision, path) + (f"#{parts.fragment}" if parts.fragment else ""), False


def _is_here(path: str, place: Place) -> bool:
    """Is it the address of a repository that this hub has too?"""
    names = [unquote(part) for part in path.strip("/").split("/")]
    kind = names.pop(0) if names[0] in REPO_TYPES[1:] else "models"
    return any(place.knows(kind, "/".join(names[:count])) for count in (2, 1) if len(names) >= count)
