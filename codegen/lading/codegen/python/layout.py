"""Where each contract lands in the package, and under which name."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Final

from lading.codegen.errors import CodegenError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.model.contract import Contract

_DISTRIBUTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
_VERSION: Final = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?")
_SUBJECT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_SHORT: Final = 2


def distribution_name(name: str) -> str:
    """``Acme_Logistics`` -> ``acme-logistics``; raises `CodegenError` if it can be no package."""
    if not _DISTRIBUTION.fullmatch(name) or keyword.iskeyword(package_name(name)):
        raise CodegenError(
            f"{name!r} cannot be the name of a Python package",
            hint="use letters, digits and single hyphens, starting with a letter: acme-logistics",
        )
    return name.lower().replace("_", "-")


def package_name(name: str) -> str:
    """The import name of a distribution: ``acme-logistics`` -> ``acme_logistics``."""
    return name.lower().replace("-", "_")


def release(version: str) -> str:
    """`version` itself; raises `CodegenError` when installers would not take it."""
    if not _VERSION.fullmatch(version):
        raise CodegenError(
            f"{version!r} is not a version that pip understands", hint="write 1.2.3 or 1.2.3.post1"
        )
    return version


def check_subject(subject: str) -> None:
    """Raise `CodegenError` unless `subject` can stand in a file name and a comment."""
    if not _SUBJECT.fullmatch(subject):
        raise CodegenError(f"{subject!r} cannot be a subject", hint="lading check names the place")


def model_module(full_name: str) -> str:
    """``logistics.shipment.v1.ShipmentConfirmed`` -> ``shipment_v1``.

    The first part of a namespace of three or more is the organisation's and says nothing here.
    """
    namespace = full_name.split(".")[:-1]
    parts = namespace[1:] if len(namespace) > _SHORT else namespace
    return snake(".".join(parts)) if parts else "root"


def short_name(full_name: str) -> str:
    """The class name of a named type."""
    return full_name.rpartition(".")[2]


def subject_module(contract: Contract) -> str:
    """``taxonomies.shipment.status.v1`` -> ``shipment_status``; of v2, ``shipment_status_v2``."""
    _, _, rest = contract.subject.partition(".")
    stem, _, major = rest.rpartition(".")
    return snake(stem if major == "v1" else rest)


def snake(name: str) -> str:
    """Any name of a contract as the name of a module or function."""
    text = re.sub(r"[^0-9a-z]+", "_", name.lower(), flags=re.ASCII).strip("_")
    text = f"n{text}" if text[:1].isdigit() or not text else text
    return f"{text}_" if keyword.iskeyword(text) else text


def pascal(name: str) -> str:
    """``shipment.status`` -> ``ShipmentStatus``."""
    text = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name) if part)
    return f"N{text}" if text[:1].isdigit() or not text else text


def constant(code: str) -> str:
    """A code as the name of an enum member: ``on-hold`` -> ``ON_HOLD``."""
    text = re.sub(r"[^0-9A-Z]+", "_", code.upper(), flags=re.ASCII).strip("_")
    return f"CODE_{text}" if text[:1].isdigit() or not text else text


def refuse_clashes(names: Iterable[tuple[str, str]], what: str) -> None:
    """Raise `CodegenError` when two different things would get the same name.

    `names`: pairs of (name in Python, what it was called in the contract).
    """
    taken: dict[str, str] = {}
    for name, original in names:
        other = taken.setdefault(name, original)
        if other != original:
            raise CodegenError(
                f"{other} and {original} would both become the {what} {name}",
                hint="rename one of them in its contract",
            )
