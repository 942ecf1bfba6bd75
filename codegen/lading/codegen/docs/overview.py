"""The pages that lead to the others: home, lists of contracts, consumers, systems, ownership."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lading.codegen.docs.contracts import owned_by, what_is_read
from lading.codegen.docs.mappings import LOSES
from lading.codegen.docs.text import (
    code,
    full_columns,
    link,
    one_line,
    pin,
    prose,
    segment,
    table,
    wide,
)
from lading.codegen.docs.view import (
    FAMILIES,
    SYSTEMS,
    about,
    folder_of,
    front,
    go,
    name_of,
    owner_of,
    section,
    sections,
    version_of,
)
from lading.model import Api, CodeMap, Kind, Lifecycle, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.codegen.docs.view import View
    from lading.model import Consumer, Contract

HOME = "index.md"
LISTS = {
    "contracts/index.md": ("Contracts", (Kind.AVRO, Kind.JSON)),
    "apis/index.md": ("APIs", (Kind.OPENAPI,)),
    "lifecycles/index.md": ("Lifecycles", (Kind.TAXONOMY,)),
    "mappings/index.md": ("Mappings", (Kind.MAPPING,)),
}
_SUMMARY = 160


def overview_pages(view: View) -> Iterator[tuple[str, str]]:
    """Every page that is not about one contract or rule."""
    yield HOME, home_page(view)
    for path, (name, kinds) in LISTS.items():
        yield path, list_page(view, path, name, kinds)
    yield "tags.md", sections(front("Tags", search=False), "<!-- material/tags -->")
    if view.internal:
        yield "consumers.md", consumers_page(view)
        yield SYSTEMS, systems_page(view)
        yield "ownership.md", ownership_page(view)


def home_page(view: View) -> str:
    """What this is, where each role starts, the figures, and every contract by folder."""
    settings = view.workspace.settings
    name = settings.title or settings.name or "Contracts"
    return sections(
        front(name, hide=("navigation", "toc")),
        "What our systems agreed to send each other: every message, API, status and code, "
        "with its meaning, its owner and what may change about it.",
        _figures(view),
        section("Start here", _roles(view)),
        section("Contracts by folder", _folders(view)),
    )


def _figures(view: View) -> str:
    """Counts of what the audience sees; nothing is estimated."""
    bodies = [each.body for each in view.contracts]
    maps = [body for body in bodies if isinstance(body, CodeMap)]
    cells = [cell for each in maps for cell in each.cells]
    figures = {
        "messages and entities": len(view.of_kind(Kind.AVRO, Kind.JSON)),
        "API operations": sum(len(body.operations) for body in bodies if isinstance(body, Api)),
        "statuses defined": sum(len(body.states) for body in bodies if isinstance(body, Taxonomy)),
        "foreign codes mapped": len(cells),
        "of them losing information": sum(cell.quality in LOSES for cell in cells),
    }
    if view.internal:
        figures["declared consumers"] = len(view.workspace.consumers)
        figures["connected systems"] = len(view.workspace.systems)
    items = "".join(f"<li><b>{count}</b> {name}</li>" for name, count in figures.items())
    return f'<ul class="lading-figures">{items}</ul>'


def _roles(view: View) -> str:
    rows = [
        (
            "ERP, WMS or TMS team",
            "which fields and statuses a message carries",
            link("Contracts", "contracts/index.md"),
        ),
        (
            "Customer portal team",
            "which status a customer may see, and when",
            link("Lifecycles", "lifecycles/index.md"),
        ),
        (
            "Carrier or 3PL partner",
            "what your codes mean here",
            link("Mappings", "mappings/index.md"),
        ),
        (
            "3PL or WMS team",
            "which events you send: what your system owns",
            link("Systems", SYSTEMS) if view.internal else link("Contracts", "contracts/index.md"),
        ),
        (
            "Integration developer",
            "operations, parameters and answers",
            link("APIs", "apis/index.md"),
        ),
        ("Contract owner", "what a change would break, and why", link("Rules", "rules/index.md")),
    ]
    if view.internal:
        rows.append(
            ("Anyone on call", "who reads what, and whom to ask", link("Consumers", "consumers.md"))
        )
    return table(("You are", "You want to know", "Go to"), rows)


def _folders(view: View) -> str:
    folders: dict[str, list[Contract]] = defaultdict(list)
    for each in view.contracts:
        folders[folder_of(each)].append(each)
    if not folders:
        return (
            f"No contract is open to this audience ({prose(view.audience)}). "
            "Set `audience` in a `contract.yaml` to open one."
        )
    return sections(
        *(
            section_of(f"### {prose(folder)}", contract_table(view, HOME, found))
            for folder, found in sorted(folders.items())
        )
    )


def section_of(heading: str, body: str) -> str:
    """A heading of any level and what follows it."""
    return f"{heading}\n\n{body}"


def contract_table(view: View, here: str, found: Iterable[Contract]) -> str:
    """One line per contract: what it is, its state and who answers for it."""
    return full_columns(
        ("Contract", "What it is", "Version", "Lifecycle", "Owner"),
        (
            (
                f"{view.link(here, each.subject, shown=prose(name_of(each)))}",
                wide(prose(summary(each))),
                prose(version_of(each)),
                prose(each.terms.lifecycle.value),
                view.system(here, owner) if (owner := owner_of(each)) else "",
            )
            for each in found
        ),
    )


def summary(contract: Contract) -> str:
    """The first sentence of what the contract is for, cut at a word when it runs long."""
    text = one_line(about(contract))
    first = text.partition(". ")[0].rstrip(".")
    if len(first) <= _SUMMARY:
        return first
    return f"{first[:_SUMMARY].rpartition(' ')[0]} …"


def list_page(view: View, here: str, name: str, kinds: tuple[Kind, ...]) -> str:
    """All contracts of some kinds, by folder, retired ones last."""
    folders: dict[str, list[Contract]] = defaultdict(list)
    for each in view.of_kind(*kinds):
        gone = each.terms.lifecycle is Lifecycle.RETIRED
        folders["Retired" if gone else folder_of(each)].append(each)
    ordered = sorted(folders, key=lambda folder: (folder == "Retired", folder))
    parts = [section(prose(each), contract_table(view, here, folders[each])) for each in ordered]
    what = FAMILIES[kinds[0]].lower()
    return sections(front(name), *(parts or [f"There are no {what} to show here."]))


def consumers_page(view: View) -> str:
    """Every consumer and what it reads, so that it is known who breaks."""
    return sections(
        front("Consumers"),
        "What each system declared it reads. A verdict names the consumers a change would break.",
        *(
            section(prose(each.name), _consumer(view, each), mark=f"consumer-{segment(each.name)}")
            for each in view.workspace.consumers
        ),
        "" if view.workspace.consumers else "Nobody has declared a reading yet.",
    )


def _consumer(view: View, each: Consumer) -> str:
    here = "consumers.md"
    facts = [
        ("System", view.system(here, each.system)),
        ("Team", prose(each.team)),
        ("Contact", prose(each.contact)),
        ("Runs in", ", ".join(map(prose, each.environments))),
        ("To be confirmed by", prose(each.review_by)),
    ]
    reads = (
        (view.link(here, item.contract), what_is_read(view, here, item)) for item in each.reads
    )
    return sections(
        table(("Consumer", ""), (fact for fact in facts if fact[1])),
        table(("Contract", "Reads"), reads),
    )


def systems_page(view: View) -> str:
    """The connected systems, and what each owns and reads."""
    owned: dict[str, list[Contract]] = defaultdict(list)
    split = {each.id: each.owners.values() for each in view.workspace.ownership if each.owners}
    for contract in view.contracts:
        for owner in dict.fromkeys((owner_of(contract), *split.get(contract.terms.object, ()))):
            owned[owner].append(contract)
    here = SYSTEMS
    rows = []
    for each in view.workspace.systems:
        mark = f"system-{segment(each.id)}"
        readers = [who for who in view.workspace.consumers if who.system == each.id]
        rows.append(
            (
                f"{pin(mark)}{prose(each.name)} ({code(each.id)})",
                prose(each.kind),
                prose(each.team),
                prose(each.contact),
                ", ".join(
                    view.link(here, c.subject, shown=prose(name_of(c))) for c in owned[each.id]
                ),
                ", ".join(
                    link(prose(who.name), go(here, "consumers.md", f"consumer-{segment(who.name)}"))
                    for who in readers
                ),
            )
        )
    return sections(
        front("Systems"), table(("System", "Kind", "Team", "Contact", "Owns", "Reads as"), rows)
    )


def ownership_page(view: View) -> str:
    """Which system is the record of which business object."""
    here = "ownership.md"

    def names(ids: Iterable[str]) -> str:
        return ", ".join(view.system(here, id_) for id_ in ids)

    rows = [
        (prose(each.object), owned_by(view, here, each), names(each.proposes), names(each.consumes))
        for each in view.workspace.ownership
    ]
    return sections(
        front("Ownership"),
        "One system is the record for each object. Others may propose a change; "
        "only the owner makes it.",
        table(("Object", "Owner", "May propose", "Reads"), rows) or "Nothing is declared yet.",
    )
