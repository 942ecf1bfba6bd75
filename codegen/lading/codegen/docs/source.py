"""The complete source of the site on disk: Markdown, assets, downloads, settings of the builder."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from lading.codegen.docs.apis import api_page
from lading.codegen.docs.contracts import download_name, schema_page
from lading.codegen.docs.folders import replace_folder
from lading.codegen.docs.machine import catalog, llms
from lading.codegen.docs.mappings import as_csv, csv_name, mapping_page
from lading.codegen.docs.overview import overview_pages
from lading.codegen.docs.reference import EVERYTHING, reference_pages
from lading.codegen.docs.settings import mkdocs_yml
from lading.codegen.docs.taxonomies import taxonomy_page
from lading.codegen.docs.view import SEEN_BY, View, beside
from lading.model import Api, CodeMap, LadingError, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.codegen.docs.view import Reference
    from lading.model import Contract, Workspace

ASSETS: Final = ("lading.css", "mark.svg")
GUIDES: Final = "guides"


def write_site_source(
    workspace: Workspace,
    out: Path,
    *,
    reference: Reference = EVERYTHING,
    pages: Path | None = None,
    audience: str = "internal",
) -> None:
    """Write the project of a site, ``mkdocs.yml`` and ``docs/``, replacing what stood in `out`.

    Args:
        workspace: what to show; files that could not be read are not on the site.
        out: folder to write; must be empty, absent, or written by an earlier call.
        reference: the rules and problems that get a page.
        pages: hand-written Markdown to include under ``guides/``, trusted as it is.
        audience: ``internal``, ``partner`` or ``public``: who will read the site.

    Raises:
        LadingError: the audience is unknown, `pages` is no folder, or `out` holds something else.
    """
    if audience not in SEEN_BY:
        raise LadingError(f"unknown audience {audience!r}", hint=f"one of {', '.join(SEEN_BY)}")
    view = View(workspace, reference, audience)
    content = dict(site_files(view))
    guides = _guides(pages) if pages is not None else {}
    replace_folder(out)
    docs = out / "docs"
    for path, data in (content | guides).items():
        target = docs / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (out / "mkdocs.yml").write_text(mkdocs_yml(view, guides=sorted(guides)), encoding="utf-8")


def site_files(view: View) -> Iterator[tuple[str, bytes]]:
    """Every file below ``docs/``, by path; pure, so that equal workspaces give equal sites."""
    for path, text in (*overview_pages(view), *reference_pages(view)):
        yield path, text.encode()
    for contract in view.contracts:
        page = view.pages[contract.subject]
        yield page, contract_page(view, contract).encode()
        yield beside(page, download_name(contract)), contract.document.text.encode()
        if isinstance(contract.body, CodeMap):
            yield beside(page, csv_name(contract)), as_csv(contract.body).encode()
    yield "catalog.json", catalog(view).encode()
    yield "llms.txt", llms(view).encode()
    for name in ASSETS:
        yield f"assets/{name}", files(__package__).joinpath("assets", name).read_bytes()


def contract_page(view: View, contract: Contract) -> str:
    """The Markdown of one contract, whatever its kind."""
    body = contract.body
    if isinstance(body, Api):
        return api_page(view, contract, body)
    if isinstance(body, Taxonomy):
        return taxonomy_page(view, contract, body)
    if isinstance(body, CodeMap):
        return mapping_page(view, contract, body)
    return schema_page(view, contract)


def _guides(pages: Path) -> dict[str, bytes]:
    if not pages.is_dir():
        raise LadingError(f"there is no folder {pages}", hint="give --pages a folder of Markdown")
    found = sorted(path for path in pages.rglob("*") if path.is_file())
    return {f"{GUIDES}/{path.relative_to(pages).as_posix()}": path.read_bytes() for path in found}
