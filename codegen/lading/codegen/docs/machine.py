"""What programs read of the site: the catalogue as JSON, and a plain list of sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lading.codegen.docs.contracts import download_name
from lading.codegen.docs.mappings import csv_name
from lading.codegen.docs.overview import summary
from lading.codegen.docs.text import one_line
from lading.codegen.docs.view import (
    FAMILIES,
    about,
    beside,
    folder_of,
    name_of,
    owner_of,
    version_of,
)
from lading.model import CodeMap

if TYPE_CHECKING:
    from lading.codegen.docs.view import View
    from lading.model import Contract

CATALOG_VERSION = 1
"""Of the shape of ``catalog.json``; additions do not raise it."""


def catalog(view: View) -> str:
    """Every contract on the site, with its addresses relative to the site."""
    settings = view.workspace.settings
    value = {
        "catalog": CATALOG_VERSION,
        "name": settings.name,
        "title": settings.title,
        "audience": view.audience,
        "contracts": [_entry(view, each) for each in view.contracts],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _entry(view: View, contract: Contract) -> dict[str, Any]:
    terms = contract.terms
    page = view.pages[contract.subject]
    entry: dict[str, Any] = {
        "subject": contract.subject,
        "kind": contract.kind.value,
        "name": name_of(contract),
        "description": one_line(about(contract)),
        "folder": folder_of(contract),
        "version": version_of(contract),
        "lifecycle": terms.lifecycle.value,
        "promise": view.promise(contract),
        "audience": terms.audience,
        "owner": owner_of(contract),
        "team": terms.team,
        "contact": terms.contact,
        "producer": terms.producer,
        "topic": terms.topic,
        "fingerprint": contract.fingerprint,
        "page": beside(page, ""),
        "source": beside(page, download_name(contract)),
        "references": [reference.subject for reference in contract.references],
        "fields": list(view.anchors[contract.subject]),
    }
    if isinstance(contract.body, CodeMap):
        entry["csv"] = beside(page, csv_name(contract))
    if view.internal:
        entry["consumers"] = sorted({who.name for who, _ in view.readers(contract.subject)})
    return entry


def llms(view: View) -> str:
    """``llms.txt``: one link per page, by family."""
    settings = view.workspace.settings
    lines = [f"# {one_line(settings.title or settings.name)}", ""]
    lines.append("> Contracts between systems. For programs: [catalog.json](catalog.json)")
    for kind, family in FAMILIES.items():
        found = view.of_kind(kind)
        lines += ["", f"## {family}", ""] if found else []
        for each in found:
            source = beside(view.pages[each.subject], download_name(each))
            lines.append(f"- [{_bare(each.subject)}]({source}): {_bare(summary(each))}")
    return "\n".join(lines) + "\n"


def _bare(text: str) -> str:
    """Text that cannot be taken for a link of ours."""
    return one_line(text).translate(str.maketrans("[]()<>", "      "))
