"""The built site in a real browser: what it shows, and that it asks nobody else for anything."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs.browser import Browser
from lading.codegen.docs import build_site, write_site_source
from lading.codegen.docs.view import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model import Workspace

pytestmark = pytest.mark.browser
PNG = b"\x89PNG\r\n\x1a\n"
CONTRAST = Path(__file__).with_name("contrast.js").read_text()
TRIPWIRE = """
window.tripped = [];
for (const name of ['alert', 'confirm', 'prompt'])
  window[name] = (x) => window.tripped.push(name + x);
"""


class Quiet(SimpleHTTPRequestHandler):
    """No policy header here, unlike `serve_site`: what a page would fetch must show."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(10)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    browser = Browser(tmp_path)
    try:
        yield browser
    finally:
        browser.kill()


def test_pages_show_their_contracts_and_stay_on_their_own_origin(
    site: Path, browser: Browser
) -> None:
    with served(site) as origin:
        browser.open(f"{origin}/")
        assert "Acme Logistics contracts" in browser.text()
        assert "foreign codes mapped" in browser.text()

        browser.open(f"{origin}/c/logistics.shipment.v1.ShipmentConfirmed/#field-lines-item_id")
        assert "lines[].item_id" in browser.text()
        assert browser.value(
            "document.querySelector(':target').closest('tr').innerText"
        ).startswith("lines[].item_id")

        browser.open(f"{origin}/c/taxonomies.shipment.status.v1/")
        assert "IN_TRANSIT" in browser.value(
            "document.querySelector('svg.lading-states').textContent"
        )
        assert "shipment.departed" in browser.text()

        browser.open(f"{origin}/c/mappings.x12.214-at7-01.v1/")
        assert "loses information" in browser.text()

        assert browser.close() == {origin}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_both_colour_schemes(
    site: Path, browser: Browser, scheme: str
) -> None:
    """WCAG AA: 4.5 to 1, measured on every element of three pages that holds text."""
    with served(site) as origin:
        browser.scheme(scheme)
        for page in (
            "",
            "c/logistics.shipment.v1.ShipmentConfirmed/",
            "c/mappings.x12.214-at7-01.v1/",
        ):
            browser.open(f"{origin}/{page}")
            assert (
                browser.value("document.body.dataset.mdColorScheme")
                == {"light": "default", "dark": "slate"}[scheme]
            )
            assert browser.value(f"({CONTRAST})()") == []
            picture = browser.screenshot()
            assert picture.startswith(PNG)
            assert len(picture) > 20_000, "the page is (almost) empty"


def test_wide_tables_scroll_in_their_own_box(site: Path, browser: Browser) -> None:
    with served(site) as origin:
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=420,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        browser.open(f"{origin}/c/logistics.shipment.v1.ShipmentConfirmed/")

        assert browser.value("document.documentElement.scrollWidth") <= 420


def test_search_works_without_any_other_host(site: Path, browser: Browser) -> None:
    with served(site) as origin:
        browser.open(f"{origin}/?q=shipped_quantity")
        browser.until("document.querySelector('.md-search-result__item a')")
        assert "ShipmentConfirmed" in browser.value(
            "document.querySelector('.md-search-result__list').textContent"
        )

        assert browser.close() == {origin}


def test_hostile_text_stays_text_in_the_browser_and_in_search(
    hostile_workspace: Workspace, browser: Browser, tmp_path: Path
) -> None:
    write_site_source(hostile_workspace, tmp_path / "source", reference=Reference())
    build_site(tmp_path / "source", tmp_path / "site")
    pages = ["", "tags/", "systems/", "consumers/"]
    pages += [
        f"{page.parent.relative_to(tmp_path / 'site')}/"
        for page in (tmp_path / "site/c").glob("*/index.html")
    ][:12]
    with served(tmp_path / "site") as origin:
        browser.call("Page.addScriptToEvaluateOnNewDocument", source=TRIPWIRE)
        for page in pages:
            browser.open(f"{origin}/{page}")
            assert browser.value("window.tripped") == []
        browser.open(f"{origin}/?q=onerror")
        browser.until("document.querySelector('.md-search-result__item a')")
        assert browser.value("window.tripped") == []
        assert (
            browser.value(
                "document.querySelectorAll('.md-search-result :is(script, img, iframe)').length"
            )
            == 0
        )

        assert browser.close() == {origin}


def test_our_own_site_shows_the_shipment_story_and_stays_on_its_origin(
    own_site: Path, browser: Browser
) -> None:
    with served(own_site) as origin:
        for page, text in {
            "": "Contracts by folder",
            "c/logistics.shipment.v1.ShipmentConfirmed/": "confirmed_at",
            "c/taxonomies.shipment.status.v1/": "HANDED_OVER",
            "c/mappings.x12.214-at7-01.v1/": "214 AT7-01",
            "c/apis.shipment-visibility.v1/": "GET /shipments",
            "rules/LAD101/": "What to do instead",
            "guides/": "bill of lading",
        }.items():
            browser.open(f"{origin}/{page}")
            assert text in browser.text(), page

        assert browser.close() == {origin}


def test_a_page_opened_from_disk_asks_nobody_either(site: Path, browser: Browser) -> None:
    browser.open((site / "index.html").as_uri())
    assert "Acme Logistics contracts" in browser.text()

    assert {origin for origin in browser.close() if not origin.startswith("file:")} == set()


def test_the_log_notices_a_page_that_asks_elsewhere(browser: Browser, tmp_path: Path) -> None:
    site = tmp_path / "leaky"
    site.mkdir()
    (site / "index.html").write_text(
        '<img src="http://evil.example/pixel.png"><script src="//evil.example/x.js"></script>'
    )
    with served(site) as origin:
        browser.open(f"{origin}/")

        assert "http://evil.example" in browser.close()
