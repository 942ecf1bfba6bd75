"""How text from a contract becomes Markdown that cannot do anything.

Everything written in a contract is hostile until proven otherwise: a description may hold HTML,
links, attribute lists or include markers. Punctuation that means something to Markdown or HTML
leaves here as a numeric character reference, so there is nothing left for a parser to find. Only
this module turns contract text into page text.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
# Bidirectional overrides can make a reader see another text than the one that was reviewed.
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACE: Final = re.compile(r"\s+")
_ACTIVE: Final = re.compile(
    r"""[\\`*{}\[\]<>&#|!~^"$=+@%]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)"""
)
_LEADING: Final = re.compile(r"^([^\w&]|\d(?=\d*[.)]))")
# Angle brackets become single guillemets, every quotation mark a curly one.
_TITLE: Final = str.maketrans("<>&\"'`{}", "\u2039\u203a+\u201d\u2019\u2019()")
# File systems stop at 255 bytes, and downloads add a suffix.
_LONGEST_SEGMENT: Final = 180
_BREAK: Final = re.compile(r"(&#95;|[./-])(?=.)")
# An underscore that Markdown could take for emphasis, also in the attribute list of a heading.
_LOOSE: Final = "(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
_NOT_IN_ANCHOR: Final = re.compile(f"(?:[^A-Za-z0-9_]|{_LOOSE})+")
_UNSAFE_IN_PATH: Final = re.compile(rf"[^A-Za-z0-9._-]|^\.|{_LOOSE}")


def plain(text: str) -> str:
    """Text without control and direction characters; white space as it was."""
    return _BIDI.sub("", _CONTROLS.sub("", text))


def one_line(text: str) -> str:
    """Plain text with every run of white space as one blank."""
    return _SPACE.sub(" ", plain(text)).strip()


def prose(text: str) -> str:
    """Inline Markdown that shows exactly this text, on one line."""
    inert = _ACTIVE.sub(_reference, one_line(text))
    return _LEADING.sub(_reference, inert)


def paragraphs(text: str) -> str:
    """Markdown paragraphs; an empty line in the text starts a new one."""
    blocks = re.split(r"\n[ \t\r]*\n", plain(text).strip())
    return "\n\n".join(prose(block) for block in blocks if block.strip())


def code(text: str) -> str:
    """An identifier as `<code>`; a browser may break it after ``.``, ``_``, ``/`` and ``-``."""
    inert = re.sub(r"[^A-Za-z0-9 .,/()-]", _reference, one_line(text))
    breakable = _BREAK.sub(r"\1<wbr>", inert)
    return f"<code>{breakable}</code>"


def markup(text: str) -> str:
    """Text for HTML content or a quoted attribute, inside a block that Markdown leaves alone."""
    return re.sub(r"[^\w .,;:()/-]", _reference, one_line(text))


def title(text: str) -> str:
    """Text for page titles, navigation and the site name, which themes print without escaping.

    A character reference does not help there (``striptags`` undoes it), so look-alikes stand in.
    """
    return one_line(text).translate(_TITLE)


def scalar(text: str) -> str:
    """A title as a quoted YAML scalar."""
    return json.dumps(title(text), ensure_ascii=False)


def anchor(*parts: str) -> str:
    """A stable fragment: ``anchor("field", "lines[].item_id")`` is ``field-lines-item_id``."""
    slugs = (_NOT_IN_ANCHOR.sub("-", part).strip("-") for part in parts)
    return "-".join(filter(None, slugs))


def segment(name: str) -> str:
    """A name as one safe path segment: what is unsafe becomes ``~hex~``, so no two names meet."""
    safe = _UNSAFE_IN_PATH.sub(lambda found: f"~{ord(found[0]):x}~", name) or "~"
    if safe.lower() in {"index", "readme"}:  # means the folder itself to a builder
        return f"{safe}~~"
    if len(safe) <= _LONGEST_SEGMENT:
        return safe
    return f"{safe[:100]}~~{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def pin(mark: str) -> str:
    """A place inside a table that links can point at; it shows itself when the pointer is near."""
    return f'<a id="{mark}" class="lading-anchor" href="#{mark}"></a>'


def link(text: str, target: str) -> str:
    """A link whose text is already Markdown and whose target is ours."""
    return f"[{text}]({target})"


def fence(text: str, language: str = "") -> str:
    """A fenced block that its own content cannot close."""
    body = "\n".join(plain(line) for line in text.splitlines())
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    return f"{ticks}{language}\n{body}\n{ticks}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of cells that are already inert; empty text when there are no rows."""
    lines = [f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join((f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}", *lines))


def full_columns(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, always: Iterable[str] = ()
) -> str:
    """A table without the columns that are empty all the way down, unless they are in `always`."""
    lines = list(rows)
    kept = [
        at for at, name in enumerate(headings) if name in always or any(row[at] for row in lines)
    ]
    return table([headings[at] for at in kept], ([row[at] for at in kept] for row in lines))


def wide(markdown: str) -> str:
    """The content of a cell that needs room to be read."""
    return f'<span class="lading-text">{markdown}</span>' if markdown else ""


def badge(text: str, name: str = "", tone: str = "plain") -> str:
    """A small label; its words say what the colour only repeats."""
    before = f'<span class="lading-badge-name">{prose(name)}</span> ' if name else ""
    return f'<span class="lading-badge lading-{tone}">{before}{prose(text)}</span>'


def _reference(found: re.Match[str]) -> str:
    return "&amp;" if found[0] == "&" else f"&#{ord(found[0])};"
