"""The page of an API: operations, parameters, bodies and answers in the same tables as events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.codegen.docs.contracts import closing, columns, enum_section, named, opening
from lading.codegen.docs.fields import Row, describe, field_table, rows, short
from lading.codegen.docs.text import anchor, badge, code, paragraphs, prose, table
from lading.codegen.docs.view import section, sections
from lading.model import Api, Enum, In, Record
from lading.model.pointers import index_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.codegen.docs.view import View
    from lading.model import Contract, Media, Operation, Parameter, Security

_ALWAYS = frozenset({"Field", "Type", "Required", "Meaning"})


def api_page(view: View, contract: Contract, api: Api) -> str:
    """The page of an OpenAPI contract."""
    here = view.pages[contract.subject]
    shown = _Shown(view, contract, here)
    marks = operation_marks(api)
    return sections(
        opening(view, contract),
        section("Servers", "\n".join(f"- {code(server)}" for server in api.servers)),
        section("Operations", _overview(api, marks)),
        *(_operation(shown, each, marks[at]) for at, each in enumerate(api.operations)),
        section("Types", "\n\n".join(_types(shown))),
        closing(view, contract),
    )


def operation_marks(api: Api) -> list[str]:
    """One anchor per operation, from its id, or from method and path; never twice the same."""
    marks: list[str] = []
    for each in api.operations:
        wanted = anchor("op", each.operation_id or f"{each.method}-{each.written_path}")
        taken = sum(mark == wanted or mark.startswith(f"{wanted}--") for mark in marks)
        marks.append(f"{wanted}--{taken + 1}" if taken else wanted)
    return marks


class _Shown:
    """What every part of one API page needs: the view, the contract, and how types are written."""

    def __init__(self, view: View, contract: Contract, here: str) -> None:
        self.view, self.contract, self.here = view, contract, here
        self.name = named(view, here, {full: anchor("type", full) for full in contract.types})
        self.columns = columns(view, contract, here, self.name)

    def fields(self, found: list[Row]) -> str:
        return field_table(found, self.columns, always=_ALWAYS)


def _overview(api: Api, marks: list[str]) -> str:
    lines = []
    for each, mark in zip(api.operations, marks, strict=True):
        lines.append(
            (
                f"[{code(each.key)}](#{mark})",
                code(each.operation_id or "-"),
                prose(each.summary or each.doc),
            )
        )
    return table(("Operation", "Id", "What it does"), lines)


def _operation(shown: _Shown, each: Operation, mark: str) -> str:
    notes = [badge("webhook: the provider calls you", tone="note")] if each.webhook else []
    notes += [badge("deprecated", tone="warn")] if each.deprecated else []
    return sections(
        f"## {code(each.key)} {{ #{mark} }}",
        " ".join(notes),
        f"**{prose(each.summary)}**" if each.summary else "",
        paragraphs(each.doc),
        f"Needs {_security(each.security)}." if each.security else "",
        _part("Parameters", _parameters(shown, each), f"{mark}-parameters"),
        _part("Request", _request(shown, each, mark), f"{mark}-request"),
        _part("Responses", _responses(shown, each, mark), f"{mark}-responses"),
    )


def _part(heading: str, body: str, mark: str) -> str:
    return f"### {heading} {{ #{mark} }}\n\n{body}" if body else ""


def _security(ways: tuple[Security, ...]) -> str:
    return " or ".join(
        " and ".join(
            code(name) + (f" with {', '.join(map(code, scopes))}" if scopes else "")
            for name, scopes in way.schemes
        )
        or "no credentials"
        for way in ways
    )


def _parameters(shown: _Shown, each: Operation) -> str:
    return table(
        ("Name", "In", "Type", "Required"),
        (
            (
                code(_written(parameter, each)) + (" (deprecated)" if parameter.deprecated else ""),
                parameter.location.value,
                describe(parameter.schema, shown.contract.types, shown.name),
                "yes" if parameter.required else "no",
            )
            for parameter in each.parameters
        ),
    )


def _written(parameter: Parameter, operation: Operation) -> str:
    """The name as in the document: the normal form numbers path parameters."""
    if parameter.location is not In.PATH:
        return parameter.name
    names = [part.partition("}")[0] for part in operation.written_path.split("{")[1:]]
    place = index_of(parameter.name.strip("{}"))
    return names[place - 1] if place and place <= len(names) else parameter.name


def _request(shown: _Shown, each: Operation, mark: str) -> str:
    if each.body is None:
        return ""
    must = "The body is required." if each.body.required else "The body may be left out."
    return sections(must, *_contents(shown, each.body.contents, f"{mark}-request"))


def _responses(shown: _Shown, each: Operation, mark: str) -> str:
    overview = table(
        ("Status", "Content", "Headers"),
        (
            (
                code(answer.status),
                _media(shown, answer.contents) or "nothing",
                ", ".join(code(header.name) for header in answer.headers),
            )
            for answer in each.responses
        ),
    )
    inline = (
        part
        for answer in each.responses
        for part in _contents(
            shown, answer.contents, f"{mark}-{anchor(answer.status)}", label=answer.status
        )
        if written_in_place(answer.contents)
    )
    return sections(overview, *inline)


def written_in_place(contents: Iterable[Media]) -> bool:
    """Whether a schema is written in place, so that no table under Types shows its fields."""
    return any(rows(media.schema, {}, follow=False) for media in contents)


def _media(shown: _Shown, contents: Iterable[Media]) -> str:
    return "<br>".join(
        f"{code(media.type)}: {describe(media.schema, shown.contract.types, shown.name)}"
        for media in contents
    )


def _contents(
    shown: _Shown, contents: Iterable[Media], mark: str, *, label: str = ""
) -> Iterator[str]:
    for media in contents:
        found = rows(
            media.schema, shown.contract.types, prefix=f"{mark}-{anchor(media.type)}", follow=False
        )
        said = describe(media.schema, shown.contract.types, shown.name)
        yield f"{code(label) + ' ' if label else ''}{code(media.type)}: {said}"
        yield shown.fields(found)


def _types(shown: _Shown) -> Iterator[str]:
    for full, schema in sorted(shown.contract.types.items()):
        mark = anchor("type", full)
        if isinstance(schema, Enum):
            yield enum_section(shown.view, shown.here, schema)
            continue
        found = rows(schema, shown.contract.types, prefix=mark, follow=False)
        doc = schema.doc if isinstance(schema, Record) else ""
        said = "" if found else describe(schema, shown.contract.types, shown.name)
        yield sections(
            f"### {code(short(full))} {{ #{mark} }}",
            paragraphs(doc),
            said,
            shown.fields(found) if found else "",
        )
