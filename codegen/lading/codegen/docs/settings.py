"""The builder's settings: only what two builders understand, nothing fetched from outside."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from lading.codegen.docs.overview import HOME, LISTS
from lading.codegen.docs.reference import INDEX, page_of
from lading.codegen.docs.text import scalar
from lading.codegen.docs.view import SYSTEMS, folder_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.codegen.docs.view import View

MANY: Final = 12
"""Contracts of one kind from which the navigation shows their folders."""

_HEAD: Final = """\
# Written by `lading docs build`; changes here are lost.
site_name: {name}
site_description: {description}
docs_dir: docs
site_dir: site
use_directory_urls: true
theme:
  name: material
  language: en
  font: false
  favicon: assets/mark.svg
  logo: assets/mark.svg
  features:
    - content.code.copy
    - navigation.indexes
    - navigation.prune
    - navigation.tabs
    - navigation.top
    - search.highlight
    - search.suggest
    - toc.follow
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
      primary: custom
      accent: custom
      toggle:
        icon: material/weather-night
        name: Switch to dark colours
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      primary: custom
      accent: custom
      toggle:
        icon: material/weather-sunny
        name: Switch to light colours
extra:
  generator: false
extra_css:
  - assets/lading.css
plugins:
  - search
  - tags
markdown_extensions:
  - admonition
  - attr_list
  - tables
  - toc:
      permalink: true
      permalink_title: Link to this section
      toc_depth: 3
  - pymdownx.highlight
  - pymdownx.superfences
validation:
  nav:
    omitted_files: warn
    not_found: warn
    absolute_links: warn
  links:
    not_found: warn
    anchors: warn
    absolute_links: warn
    unrecognized_links: warn
nav:
"""


def mkdocs_yml(view: View, *, guides: Sequence[str] = ()) -> str:
    """The text of ``mkdocs.yml``; names of contracts in it are made harmless first."""
    settings = view.workspace.settings
    name = settings.title or settings.name or "Contracts"
    head = _HEAD.format(
        name=scalar(name), description=scalar(f"{name}: messages, APIs, statuses and codes")
    )
    return head + "\n".join(_nav(view, guides)) + "\n"


def _nav(view: View, guides: Sequence[str]) -> Iterator[str]:
    yield f"  - Home: {HOME}"
    for path, (name, kinds) in LISTS.items():
        yield f"  - {name}:"
        yield f"      - {path}"
        folders: dict[str, list[str]] = {}
        for each in view.of_kind(*kinds):
            line = f"{scalar(name_of(each))}: {scalar(view.pages[each.subject])}"
            folders.setdefault(folder_of(each), []).append(line)
        for folder, lines in sorted(folders.items()):
            deep = len(folders) > 1 and sum(map(len, folders.values())) > MANY
            if deep:
                yield f"      - {scalar(folder)}:"
            yield from (f"{'          ' if deep else '      '}- {line}" for line in lines)
    if view.internal:
        yield "  - Systems:"
        yield from (f"      - {page}" for page in (SYSTEMS, "consumers.md", "ownership.md"))
    yield "  - Rules:"
    yield f"      - {INDEX}"
    for id_ in (*view.reference.rules, *view.reference.lint_rules, *view.reference.problems):
        yield f"      - {scalar(page_of(id_))}"
    yield from _guides(guides)
    yield "  - Tags: tags.md"


def _guides(guides: Sequence[str]) -> Iterator[str]:
    """Hand-written pages, an index first."""
    markdown = [path for path in guides if path.endswith(".md")]
    if markdown:
        yield "  - Guides:"
        ordered = sorted(markdown, key=lambda path: (posixpath.basename(path) != "index.md", path))
        yield from (f"      - {scalar(path)}" for path in ordered)
