"""What ``lading.toml`` says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Compatibility
from lading.model.document import Place
from lading.model.errors import Problem
from lading.model.suggest import closest, did_you_mean

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
    "check": (
        "ruleset",
        "level",
        "policy",
        "required_with_default",
        "runtimes",
        "versions",
        "notice_days",
    ),
}
RULESETS: Final = ("2027.1",)
"""The versions of the rules of the gate and of lint, oldest first."""
_CHECK: Final[Mapping[str, tuple[str, ...]]] = {
    "level": ("wire", "sdk", "semantic"),
    "policy": ("strict", "lenient", "tolerant-reader"),
    "required_with_default": ("missing", "filled"),
    "runtimes": ("spec", "java", "python-avro", "fastavro"),
    "versions": ("off", "warn", "error"),
}
_MOST_DAYS: Final = 3650
PACKS: Final = ("strict", "standard", "lenient")
"""How much lint asks for, the most first."""
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)


def in_force(since: str, ruleset: str) -> bool:
    """Whether a rule that came with the rule set `since` counts where `ruleset` is pinned."""
    return since == ruleset or RULESETS.index(since) < RULESETS.index(ruleset)


@dataclass(frozen=True, slots=True)
class Check:
    """By what the gate judges, beside the promises: the words of ``[check]``."""

    ruleset: str = RULESETS[-1]
    level: str = "semantic"
    policy: str = "lenient"
    required_with_default: str = "missing"
    runtimes: tuple[str, ...] = ("spec",)
    versions: str = "warn"
    notice_days: int = 0


REGISTRY: Final = "http://127.0.0.1:8081"
"""Where a registry is by default: on this machine."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A workspace's settings."""

    name: str = "contracts"
    """Also the name of the generated SDK's distribution."""
    title: str = "Contracts"
    promises: Mapping[str, Compatibility] = field(default_factory=lambda: dict(PROMISES))
    registry_url: str = ""
    """Empty: not said here."""
    lint_pack: str = "standard"
    check: Check = field(default_factory=Check)


_DEFAULTS: Final[Mapping[tuple[str, str], str]] = {
    **{("promise", key): each.value for key, each in PROMISES.items()},
    **{("check", key): getattr(Check(), key) for key in ("ruleset", *_CHECK) if key != "runtimes"},
    ("lint", "pack"): Settings().lint_pack,
    ("registry", "url"): REGISTRY,
}
"""A word that is taken, for each key that does not take any."""


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
        check=_check(_table(tables, "check")),
    )
    return settings, problems


def _check(table: Mapping[str, Any]) -> Check:
    """What is valid in it; the rest is a problem, and counts as not said."""
    said: dict[str, Any] = {
        key: value
        for key, value in table.items()
        if key != "runtimes"
        and isinstance(value, str)
        and value in (RULESETS if key == "ruleset" else _CHECK.get(key, ()))
    }
    if _is_days(table.get("notice_days")):
        said["notice_days"] = table["notice_days"]
    runtimes = table.get("runtimes")
    if isinstance(runtimes, list) and runtimes:
        known = tuple(each for each in runtimes if each in _CHECK["runtimes"])
        return Check(**said, runtimes=known or ("spec",))
    return Check(**said)


def _is_days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_DAYS


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
    elif table == "check":
        yield from _check_key(key, value, at)
    elif not isinstance(value, str):
        yield _no_text(path, value, at)
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


def _check_key(key: str, value: Any, at: Place) -> Iterator[Problem]:
    if key == "notice_days":
        if not _is_days(value):
            what = f"`{key}` is a number of days, at most {_MOST_DAYS}"
            yield Problem("LAD031", what, at, "notice_days = 90")
    elif key == "runtimes":
        yield from _words(value, _CHECK[key], key, at)
    elif not isinstance(value, str):
        yield _no_text(("check", key), value, at)
    elif key == "ruleset" and value not in RULESETS:
        hint = f"this lading knows {', '.join(RULESETS)}; a newer one may know it"
        yield Problem("LAD031", f"there is no rule set `{value}`", at, hint)
    elif key in _CHECK:
        yield from _words([value], _CHECK[key], key, at)


def _no_text(path: tuple[str, str], value: Any, at: Place) -> Problem:
    """A value that is no text, and a word to write instead that is taken."""
    table, key = path
    known: tuple[str, ...] = {
        "promise": tuple(Compatibility),
        "lint": PACKS,
        "check": RULESETS if key == "ruleset" else _CHECK.get(key, ()),
    }.get(table, ())
    word = closest(str(value), known) or _DEFAULTS.get(path, str(value))
    return Problem("LAD031", f"`{key}` must be text", at, f'write {key} = "{word}"')


def _words(value: Any, known: tuple[str, ...], key: str, at: Place) -> Iterator[Problem]:
    if not isinstance(value, list) or not value:
        yield Problem("LAD031", f"`{key}` is a list of words", at, f'{key} = ["{known[0]}"]')
        return
    for each in value:
        if each not in known:
            hint = did_you_mean(str(each), known) or f"one of {', '.join(known)}"
            yield Problem("LAD031", f"`{each}` is no {key.rstrip('s')}", at, hint)


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
