"""Nothing that a contract says can become active on the site."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import markdown
import pytest

from docs.values import XSS
from lading.codegen.docs import build_site, write_site_source
from lading.codegen.docs import text as t
from lading.codegen.docs.view import Reference

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lading.model import Workspace

URLS = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href"}
EXTENSIONS = [
    "admonition",
    "attr_list",
    "tables",
    "toc",
    "pymdownx.highlight",
    "pymdownx.superfences",
]


class Live(HTMLParser):
    """Everything in a page that could act or fetch."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"iframe", "object", "embed", "base", "math"}:
            self.found.add(tag)
        if tag == "script":
            self._script = [f"script {dict(attrs).get('src') or ''} "]
        for name, value in attrs:
            text = value or ""
            outside = name in URLS and re.match(r"\s*([a-z]+:|//)", text, re.IGNORECASE)
            if name.startswith("on") or name == "srcdoc" or outside:
                self.found.add(f"{tag} {name}={text}")

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            # The path to the root of the site differs from page to page.
            self.found.add(re.sub(r"(\.\./)+|\./|\"\.\.?(/\.\.)*\"", "", "".join(self._script)))
            self._script = None


def live(text: str) -> set[str]:
    parser = Live()
    parser.feed(text)
    parser.close()
    return parser.found


def test_the_detector_sees_what_is_live() -> None:
    assert live(
        '<img src="//evil.example/x" onerror=y()><script>z()</script><a href="javascript:q()">'
    )


def shown(text: str) -> str:
    """What a reader sees: tags gone, references resolved."""
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()


@pytest.mark.parametrize("text", XSS)
@pytest.mark.parametrize("write", [t.prose, t.code], ids=["prose", "code"])
def test_markdown_shows_hostile_text_and_does_nothing(
    write: Callable[[str], str], text: str
) -> None:
    page = markdown.markdown(f"{write(text)}\n", extensions=EXTENSIONS)

    assert live(page) == set()
    assert shown(page) == t.one_line(text)


@pytest.mark.parametrize("text", XSS)
def test_a_table_cell_holds_hostile_text_and_stays_one_cell(text: str) -> None:
    page = markdown.markdown(t.table(("A", "B"), [(t.prose(text), "end")]), extensions=EXTENSIONS)

    assert live(page) == set()
    assert page.count("<td>") == 2
    assert shown(page.partition("<td>")[2].partition("</td>")[0]) == t.one_line(text)


@pytest.mark.parametrize("text", [*XSS, "```\nout\n```", "~~~~\nx", "``````"])
def test_a_fence_cannot_be_closed_by_its_content(text: str) -> None:
    page = markdown.markdown(f"before\n\n{t.fence(text, 'json')}\n\nafter", extensions=EXTENSIONS)

    assert live(page) == set()
    assert page.count("<pre>") == 1
    assert page.endswith("<p>after</p>")


@pytest.mark.parametrize("text", XSS)
def test_titles_hold_nothing_a_template_could_pass_on(text: str) -> None:
    assert not set(html.unescape(t.title(text))) & set("<>&\"'`{}\x02\x03")


def test_names_become_single_safe_path_segments_and_stay_apart() -> None:
    names = ["a.b", "a/b", "../x", ".", "..", "~", "a~2f~b", "", "ä", "A b", *XSS]
    segments = [t.segment(name) for name in names]

    assert len(set(segments)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", each) for each in segments)


def test_a_whole_site_of_hostile_contracts_is_inert(
    hostile_workspace: Workspace, site: Path, tmp_path: Path
) -> None:
    write_site_source(hostile_workspace, tmp_path / "source", reference=Reference())
    build_site(tmp_path / "source", tmp_path / "site")

    clean = set().union(*(live(page.read_text()) for page in site.rglob("*.html")))
    for page in (tmp_path / "site").rglob("*.html"):
        assert live(page.read_text()) <= clean, page
        assert "root:x:" not in page.read_text()


def test_the_search_index_of_a_hostile_site_holds_no_markup_of_a_contract(
    hostile_workspace: Workspace, tmp_path: Path
) -> None:
    write_site_source(hostile_workspace, tmp_path / "source", reference=Reference())
    build_site(tmp_path / "source", tmp_path / "site")
    index = json.loads((tmp_path / "site/search/search_index.json").read_text())

    for entry in index["docs"]:
        assert live(f"{entry['title']} {entry['text']}") == set()
        assert not re.search(r"<(script|img|svg|https)", f"{entry['title']} {entry['text']}")
