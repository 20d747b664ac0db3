"""Program text with colors, as spans with Pygments' short class names; `style.css` gives them their colors."""

from __future__ import annotations

import html

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name

_LONGEST = 100_000  # characters: a lexer is made of patterns, and hostile text may keep them busy
_FORMATTER = HtmlFormatter(nowrap=True)

# What repositories hold. Lexers for hundreds of other languages are better not let loose on what strangers pushed.
_LANGUAGES = {
    language: lexer
    for lexer, languages in {
        "bash": "bash console sh shell",
        "css": "css",
        "diff": "diff",
        "html": "html",
        "ini": "ini",
        "javascript": "javascript js",
        "json": "json ipynb jsonl",
        "markdown": "markdown md",
        "pycon": "pycon",
        "python": "python py",
        "sql": "sql",
        "toml": "toml",
        "xml": "xml",
        "yaml": "yaml yml",
    }.items()
    for language in languages.split()
}


def colored(text: str, language: str) -> str:
    """HTML of a piece of code; without colors when the language (or file ending) is unknown, or the text is long."""
    if (lexer := _LANGUAGES.get(language.lower())) is None or len(text) > _LONGEST:
        return html.escape(text)
    return highlight(text, get_lexer_by_name(lexer, stripnl=False, ensurenl=False), _FORMATTER)


def colored_lines(text: str, name: str) -> list[str]:
    """HTML of each line of a file; the ending of the file's name says the language."""
    text = text.replace("\r\n", "\n").removesuffix("\n") + "\n"
    plain = html.escape(text).removesuffix("\n").split("\n")
    lines = colored(text, name.rpartition(".")[2]).removesuffix("\n").split("\n")
    return lines if len(lines) == len(plain) else plain  # a lexer may see line ends where there are none
