"""Writing, building and serving a site."""

from __future__ import annotations

import re
import threading
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

import pytest

from docs.values import event, workspace
from lading.codegen.docs import SiteError, build_site, site_server, write_site_source
from lading.codegen.docs.view import Reference
from lading.model import FolderTree, LadingError, load_workspace

if TYPE_CHECKING:
    from lading.model import Workspace


HAND_WRITTEN = {"https"}
"""Links that leave the site; only our own pages may have them, and nobody loads them by itself."""


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in {"href", "src"} and value:
                self.targets.add(value)


def read(page: Path) -> Links:
    links = Links()
    links.feed(page.read_text())
    return links


@pytest.mark.parametrize("built", ["site", "own_site"])
def test_every_link_of_the_site_leads_somewhere(built: str, request: pytest.FixtureRequest) -> None:
    site: Path = request.getfixturevalue(built)
    pages = {page: read(page) for page in site.rglob("*.html") if page.name != "404.html"}
    for page, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme in HAND_WRITTEN and "guides" in page.parts:
                continue
            assert (parts.scheme, parts.netloc) == ("", ""), (page, target)
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            there = there / "index.html" if there.is_dir() else there
            assert there.is_file(), (page, target)
            if parts.fragment and there.suffix == ".html":
                assert unquote(parts.fragment) in pages[there].ids | {"__tabbed", "__drawer"}, (
                    page,
                    target,
                )


def test_ids_on_a_page_are_unique(site: Path) -> None:
    for page in (site / "c").rglob("*.html"):
        ids = re.findall(r'<(?!svg)[^>]* id="([^"]+)"', page.read_text())
        assert len(ids) == len(set(ids)), page


def test_hand_written_pages_come_along(small: Workspace, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.md").write_text("# How we work\n\nSee [more](more.md).\n")
    (pages / "more.md").write_text("# More\n")
    write_site_source(small, tmp_path / "source", reference=Reference(), pages=pages)
    build_site(tmp_path / "source", tmp_path / "site")

    assert "How we work" in (tmp_path / "site/guides/index.html").read_text()
    assert (tmp_path / "site/guides/more/index.html").is_file()


def test_a_broken_link_in_a_hand_written_page_stops_the_build_and_is_named(
    small: Workspace, tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.md").write_text("# Guide\n\n[gone](gone.md)\n")
    write_site_source(small, tmp_path / "source", reference=Reference(), pages=pages)

    with pytest.raises(SiteError, match=r"guides/index\.md.*gone\.md"):
        build_site(tmp_path / "source", tmp_path / "site")


def test_a_broken_anchor_stops_the_build_too(small: Workspace, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.md").write_text(f"# Guide\n\n[gone](../c/{event().subject}.md#field-gone)\n")
    write_site_source(small, tmp_path / "source", reference=Reference(), pages=pages)

    with pytest.raises(SiteError, match="field-gone"):
        build_site(tmp_path / "source", tmp_path / "site")


def test_what_somebody_else_wrote_is_never_replaced(small: Workspace, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(LadingError, match="did not write"):
        write_site_source(small, tmp_path, reference=Reference())
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_site_never_replaces_what_somebody_else_wrote(source: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(LadingError, match="did not write"):
        build_site(source, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_site_is_built_again_over_itself(source: Path, tmp_path: Path) -> None:
    build_site(source, tmp_path / "site")
    (tmp_path / "site/stale.html").write_text("")
    build_site(source, tmp_path / "site")

    assert not (tmp_path / "site/stale.html").exists()
    assert (tmp_path / "site/index.html").is_file()


def test_a_second_writing_leaves_nothing_of_the_first(small: Workspace, tmp_path: Path) -> None:
    write_site_source(small, tmp_path / "source", reference=Reference())
    write_site_source(workspace(), tmp_path / "source", reference=Reference())

    assert not (tmp_path / "source/docs/c").exists()


@pytest.mark.parametrize("options", [{"audience": "everybody"}, {"pages": "missing"}])
def test_wrong_options_are_refused_with_a_next_step(
    small: Workspace, tmp_path: Path, options: dict[str, str]
) -> None:
    given = {
        name: tmp_path / value if name == "pages" else value for name, value in options.items()
    }

    with pytest.raises(LadingError) as raised:
        write_site_source(small, tmp_path / "source", reference=Reference(), **given)
    assert raised.value.hint
    assert not (tmp_path / "source").exists()


def test_an_output_that_is_a_file_is_refused(small: Workspace, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(LadingError, match="cannot write"):
        write_site_source(small, tmp_path / "taken", reference=Reference())


def test_only_the_source_of_a_site_is_built(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="not the source of a site"):
        build_site(tmp_path, tmp_path / "site")


def test_the_server_answers_with_a_policy_against_other_origins(site: Path) -> None:
    with site_server(site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            with urlopen(
                f"http://127.0.0.1:{server.server_address[1]}/catalog.json", timeout=10
            ) as answer:
                assert answer.status == 200
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        finally:
            server.shutdown()
            thread.join(10)


def test_a_taken_port_is_said_in_words(site: Path) -> None:
    with site_server(site) as server, pytest.raises(SiteError, match="cannot listen") as raised:
        site_server(site, port=server.server_address[1])
    assert "--port" in raised.value.hint


def test_a_folder_without_a_site_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no site"):
        site_server(tmp_path)


def test_the_site_of_this_repository_has_every_contract_of_its_workspace(own_site: Path) -> None:
    """That it was built at all means that the builder found no broken link and no broken anchor."""
    ours = load_workspace(FolderTree(Path(__file__).parents[2] / "contracts"))

    assert ours.contracts
    for contract in ours.contracts:
        assert (own_site / "c" / contract.subject / "index.html").is_file()
