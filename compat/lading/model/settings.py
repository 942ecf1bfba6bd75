"""What ``lading.toml`` says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Compatibility
from lading.model.document import Place
from lading.model.errors import Problem
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE: Final = "lading.toml"
PROMISES: Final[Mapping[str, Compatibility]] = {
    "event": Compatibility.FULL,
    "request": Compatibility.BACKWARD,
    "response": Compatibility.FORWARD,
    "taxonomy": Compatibility.BACKWARD,
    "mapping": Compatibility.BACKWARD,
}
"""What is promised where nobody says: old clients and old messages keep working."""
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "workspace": ("name", "title"),
    "promise": tuple(PROMISES),
    "registry": ("url",),
    "lint": ("pack",),
}
PACKS: Final = ("strict", "standard", "lenient")
"""How much lint asks for, the most first."""
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """A workspace's settings."""

    name: str = "contracts"
    """Also the name of the generated SDK's distribution."""
    title: str = "Contracts"
    promises: Mapping[str, Compatibility] = field(default_factory=lambda: dict(PROMISES))
    registry_url: str = "http://127.0.0.1:8081"
    lint_pack: str = "standard"


def read_settings(name: str, data: bytes) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings in a ``lading.toml``, and what is wrong with it."""
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except UnicodeDecodeError:
        return Settings(), (Problem("LAD002", "the file is not UTF-8", Place(name)),)
    except tomllib.TOMLDecodeError as error:
        return Settings(), (
            Problem("LAD001", f"not valid TOML: {error}", _place_in(name, str(error))),
        )
    problems = tuple(_problems(name, text, tables))
    workspace, promise = _table(tables, "workspace"), _table(tables, "promise")
    said = {
        key: Compatibility(value) for key, value in promise.items() if value in set(Compatibility)
    }
    default = Settings()
    settings = Settings(
        name=_string(workspace, "name", default.name),
        title=_string(workspace, "title", _string(workspace, "name", default.title)),
        promises={**PROMISES, **said},
        registry_url=_string(_table(tables, "registry"), "url", default.registry_url),
        lint_pack=_string(_table(tables, "lint"), "pack", default.lint_pack),
    )
    return settings, problems


def _problems(name: str, text: str, tables: Mapping[str, Any]) -> Iterator[Problem]:
    for table, body in tables.items():
        if table not in _TABLES or not isinstance(body, dict):
            hint = did_you_mean(table, _TABLES) or f"known: {', '.join(_TABLES)}"
            yield Problem("LAD030", f"unknown table `{table}`", _find(name, text, table), hint)
            continue
        for key, value in body.items():
            yield from _key(name, text, (table, key), value)


def _key(name: str, text: str, path: tuple[str, str], value: Any) -> Iterator[Problem]:
    table, key = path
    at = _find(name, text, key)
    if key not in _TABLES[table]:
        hint = did_you_mean(key, _TABLES[table]) or f"known: {', '.join(_TABLES[table])}"
        yield Problem("LAD030", f"unknown key `{key}` in [{table}]", at, hint)
    elif not isinstance(value, str):
        yield Problem("LAD031", f"`{key}` must be text", at, f'write {key} = "{value}"')
    elif table == "promise" and value not in set(Compatibility):
        hint = did_you_mean(value, Compatibility) or f"one of {', '.join(Compatibility)}"
        yield Problem("LAD031", f"`{value}` is no promise", at, hint)
    elif path == ("lint", "pack") and value not in PACKS:
        hint = did_you_mean(value, PACKS) or f"one of {', '.join(PACKS)}"
        yield Problem("LAD031", f"`{value}` is no pack of lint rules", at, hint)
    elif path == ("workspace", "name") and not _NAME.fullmatch(value):
        yield Problem(
            "LAD011", f"`{value}` is no name for a package", at, "lower case, digits and single -"
        )
    elif path == ("registry", "url") and not value.startswith(("http://", "https://")):
        yield Problem("LAD031", f"`{value}` is no registry address", at, "http://host:port")


def _find(name: str, text: str, word: str) -> Place:
    found = re.search(rf"^\s*\[?\s*({re.escape(word)})\b", text, re.MULTILINE)
    if not found:
        return Place(name)
    start = found.start(1)
    return Place(name, text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1)


def _place_in(name: str, message: str) -> Place:
    found = re.search(r"line (\d+), column (\d+)", message)
    return Place(name, int(found[1]), int(found[2])) if found else Place(name)


def _table(tables: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = tables.get(key)
    return found if isinstance(found, dict) else {}


def _string(table: Mapping[str, Any], key: str, default: str) -> str:
    found = table.get(key)
    return found if isinstance(found, str) and found else default
