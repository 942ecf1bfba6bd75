"""What other registries hold, as they give it away: dumps of ``_schemas``, and their REST API.

Read here, judged nowhere: a line that says nothing is a problem in words, and the next one is read.
What is understood:

- lines of a key and a value, as ``kafka-console-consumer --property print.key=true`` prints them,
  with or without the time before them, and objects with ``key`` and ``value`` (or ``payload``)
- Karapace's backups of version 1 (a list of pairs) and 2 (``/V2``, then pairs in base 16)
- any registry that speaks Confluent's API
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from lading.registry import names
from lading.registry.errors import InvalidSubject, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx2

LINE: Final = 32 * 1024 * 1024
"""Bytes of one line, and of one answer."""
WHOLE: Final = 512 * 1024 * 1024
"""Bytes of a backup that is one JSON value."""
MOST: Final = 1_000_000
"""Versions of one import."""
PROBLEMS: Final = 1000
"""Problems that are told."""
LARGEST_ID: Final = 2**31 - 1
TIMEOUT: Final = 30.0
AUTH: Final = "LADING_SOURCE_AUTH"
"""``USER:PASSWORD`` for the registry that is read."""
TOKEN: Final = "LADING_SOURCE_TOKEN"  # noqa: S105 - the name of one
_V2: Final = b"/V2\n"
_V3: Final = b"/V3"
_TIME: Final = re.compile(r"(?:CreateTime|LogAppendTime|NO_TIMESTAMP)[^\t]*\t")
_NOT_STORED: Final = re.compile(r"[\x00\ud800-\udfff]")
_IGNORED: Final = frozenset({"NOOP", "CONTEXT"})

Json = dict[str, Any]


class SourceError(StoreError):
    """The source cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One version, as it is elsewhere."""

    subject: str
    number: int
    id: int
    body: Json
    """As it would be sent to be registered."""
    deleted: bool = False


@dataclass
class Export:
    """What a source holds. `problems` are in words."""

    versions: dict[tuple[str, int], Brought] = field(default_factory=dict)
    configs: dict[str, Json] = field(default_factory=dict)
    """By scope."""
    modes: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def problem(self, text: str) -> None:
        """Note what could not be read, as long as anybody may want to read that."""
        if len(self.problems) < PROBLEMS:
            self.problems.append(text)

    def put(self, brought: Brought) -> None:
        """Take in a version; the last word on it counts."""
        if len(self.versions) >= MOST:
            raise SourceError(f"it has more than {MOST} versions", hint="import it in parts")
        self.versions[brought.subject, brought.number] = brought


# -- files ----------------------------------------------------------------------------------------


def read_dump(path: Path) -> Export:
    """Read a file. Raises `SourceError` when it is none of those that are understood."""
    found = Export()
    try:
        with path.open("rb") as file:
            for at, pair in enumerate(_pairs(file), 1):
                _take(found, f"record {at}", pair)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}", hint="name a file, or an address") from None
    return found


def _pairs(file: IO[bytes]) -> Iterator[tuple[str, str] | None]:
    """Key and value of each record, `None` where there are none."""
    start = file.read(4)
    if start.startswith(_V3):
        raise SourceError(
            "this is version 3 of Karapace's backups, which is not read here",
            hint="dump the topic with kafka-console-consumer, or import from the running registry",
        )
    if start == _V2:
        yield from map(_base16, _lines(file))
        return
    file.seek(0)
    if start.lstrip().startswith(b"["):
        yield from _listed(file)
        return
    yield from map(_printed, _lines(file))


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(LINE):
        if len(line) == LINE:
            raise SourceError("a line is longer than any schema", hint="is it a dump of _schemas?")
        if line.strip():
            yield line


def _base16(line: bytes) -> tuple[str, str] | None:
    key, tab, value = line.strip().partition(b"\t")
    try:
        parts = ["null" if each == b"null" else _bare(each) for each in (key, value)]
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (parts[0], parts[1]) if tab else None


def _bare(word: bytes) -> str:
    return base64.b16decode(word.strip()).decode("utf-8")


def _listed(file: IO[bytes]) -> Iterator[tuple[str, str] | None]:
    data = file.read(WHOLE)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise SourceError("it begins as a list and is none", hint="is it whole?") from None
    for each in found:
        fits = isinstance(each, list) and len(each) == 2 and all(isinstance(e, str) for e in each)  # noqa: PLR2004
        yield (each[0], each[1]) if fits else None


def _printed(line: bytes) -> tuple[str, str] | None:
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    text = _TIME.sub("", text, count=1) if _TIME.match(text) else text
    try:
        first, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(first, dict):
        return None
    if "keytype" in first:
        return text[:end], text[end:].strip(" \t|,;:") or "null"
    pair = first.get("key"), first.get("value", first.get("payload"))
    key, value = (each if isinstance(each, str) else json.dumps(each) for each in pair)
    return key, value


def _take(found: Export, where: str, pair: tuple[str, str] | None) -> None:
    """One record of the topic: the last one of a key holds."""
    try:
        key, value = (json.loads(each) for each in pair or ("", ""))
    except (ValueError, RecursionError):
        found.problem(f"{where} is no pair of key and value")
        return
    kind = key.get("keytype") if isinstance(key, dict) else None
    if kind in _IGNORED:
        return
    taken = _KINDS.get(str(kind))
    if taken is None or not isinstance(value, dict | None):
        found.problem(f"{where} is of no kind that is known: {str(kind)[:40]}")
        return
    try:
        taken(found, key, value)
    except (_Wrong, InvalidSubject) as error:
        found.problem(f"{where}: {error}")


class _Wrong(Exception):  # noqa: N818 - says what is wrong
    """A record that cannot be meant."""


def _schema(found: Export, key: Json, value: Json | None) -> None:
    subject, number = _subject(key.get("subject")), _number(key.get("version"), "version")
    if value is None:
        found.versions.pop((subject, number), None)  # removed for good
        return
    brought = version_of({**value, "subject": subject, "version": number})
    found.put(replace(brought, deleted=bool(value.get("deleted"))))


def _deleted(found: Export, key: Json, value: Json | None) -> None:
    subject = _subject(key.get("subject"))
    if value is None:
        return
    last = _number(value.get("version"), "version")
    for each in [each for each in found.versions.values() if each.subject == subject]:
        if each.number <= last:
            found.put(replace(each, deleted=True))


def _cleared(found: Export, key: Json, _: Json | None) -> None:
    subject = _subject(key.get("subject"))
    for each in [each for each in found.versions if each[0] == subject]:
        del found.versions[each]


def _config(found: Export, key: Json, value: Json | None) -> None:
    scope = _scope(key.get("subject"))
    found.configs.pop(scope, None)
    if value:
        found.configs[scope] = value


def _mode(found: Export, key: Json, value: Json | None) -> None:
    scope = _scope(key.get("subject"))
    found.modes.pop(scope, None)
    if value:
        found.modes[scope] = _text(value.get("mode"), "mode")


_KINDS: Final[dict[str, Callable[[Export, Json, Json | None], None]]] = {
    "SCHEMA": _schema,
    "DELETE_SUBJECT": _deleted,
    "CLEAR_SUBJECT": _cleared,
    "CONFIG": _config,
    "MODE": _mode,
}


# -- values ---------------------------------------------------------------------------------------


def version_of(value: Json) -> Brought:
    """A version, as the API and the topic write it alike."""
    body = {
        "schema": _text(value.get("schema"), "schema"),
        "schemaType": _text(value.get("schemaType") or "AVRO", "schemaType"),
        "references": value.get("references") or [],
        "metadata": value.get("metadata"),
        "ruleSet": value.get("ruleSet"),
    }
    if _NOT_STORED.search(json.dumps(body, ensure_ascii=False)):
        raise _Wrong("a text holds a character that no database can keep")
    return Brought(
        _subject(value.get("subject")),
        _number(value.get("version"), "version"),
        _number(value.get("id"), "id"),
        body,
    )


def _subject(value: object) -> str:
    return names.subject(_text(value, "subject"))


def _scope(value: object) -> str:
    """The scope of a setting: nothing is everything."""
    return names.parse(_text(value, "subject")) if value else ""


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"its {name} is no text")
    return value


def _number(value: object, name: str) -> int:
    if type(value) is not int or not 0 < value <= LARGEST_ID:
        raise _Wrong(f"its {name} is no number that could have been given out")
    return value


# -- a registry that answers ----------------------------------------------------------------------


def read_registry(url: str) -> Export:
    """Ask a registry for all that it holds, deleted versions too.

    Raises:
        SourceError: it does not answer, or not as a registry.
    """
    import httpx2

    parts = urlsplit(url)
    if parts.username or parts.password:
        raise SourceError(
            "the address holds credentials, which everybody on this machine can see",
            hint=f"set {AUTH} to USER:PASSWORD, or {TOKEN} to a token",
        )
    try:
        with httpx2.Client(timeout=TIMEOUT, follow_redirects=False, headers=_headers()) as client:
            return _Asked(client, url.rstrip("/")).export()
    except (httpx2.HTTPError, httpx2.InvalidURL, _Wrong) as error:
        raise SourceError(
            f"{url} does not answer as a registry: {error or type(error).__name__}",
            hint="is it the base address of one?",
        ) from None


def _headers() -> dict[str, str]:
    headers = {"Accept": "application/vnd.schemaregistry.v1+json, application/json"}
    if token := os.environ.get(TOKEN):
        headers["Authorization"] = f"Bearer {token}"
    elif pair := os.environ.get(AUTH):
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return headers


class _Asked:
    """One registry."""

    def __init__(self, client: httpx2.Client, url: str) -> None:
        self._client = client
        self._url = url

    def export(self) -> Export:
        found = Export()
        subjects = self._list("/subjects?deleted=true&subjectPrefix=%3A%2A%3A")
        for name in subjects:
            self._subject(found, name)
        contexts = [f":{each}:" for each in self._list("/contexts") if each != names.DEFAULT]
        for scope in ("", *contexts, *subjects):
            self._settings(found, scope)
        return found

    def _subject(self, found: Export, name: str) -> None:
        place = f"/subjects/{quote(name, safe='')}/versions"
        live = set(map(str, self._get(place) or []))
        for number in self._get(f"{place}?deleted=true") or []:
            try:
                brought = version_of(
                    self._object(f"{place}/{quote(str(number), safe='')}?deleted=true")
                )
            except (_Wrong, InvalidSubject) as error:
                found.problem(f"{name[:80]} version {number}: {error}")
                continue
            if brought.subject != names.parse(name):
                found.problem(
                    f"{name[:80]} is an alias there, so its own versions are not shown: import "
                    "from a dump, or take the alias away until it is done"
                )
                return
            found.put(replace(brought, deleted=str(number) not in live))

    def _settings(self, found: Export, scope: str) -> None:
        place = f"/{quote(scope, safe='')}" if scope else ""
        try:
            name = _scope(scope)
        except InvalidSubject:
            return  # its versions were told already
        if (config := self._get(f"/config{place}")) and isinstance(config, dict):
            found.configs[name] = config
        if (mode := self._get(f"/mode{place}")) and isinstance(mode, dict):
            found.modes[name] = _text(mode.get("mode"), "mode")

    def _list(self, target: str) -> list[str]:
        found = self._get(target) or []
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise _Wrong(f"{target.partition('?')[0]} is no list of names")
        return found

    def _object(self, target: str) -> Json:
        found = self._get(target)
        if not isinstance(found, dict):
            raise _Wrong("it is listed, and not there")
        return found

    def _get(self, target: str) -> Any:
        """The value of an answer; nothing for what is not there."""
        data = bytearray()
        with self._client.stream("GET", self._url + target) as answered:
            for chunk in answered.iter_bytes():
                data += chunk
                if len(data) > LINE:
                    raise _Wrong("an answer has no end")
        if answered.status_code == 404:  # noqa: PLR2004 - not found
            return None
        if answered.status_code != 200:  # noqa: PLR2004 - all well
            raise _Wrong(f"{target.partition('?')[0]} is answered with {answered.status_code}")
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise _Wrong(f"{target.partition('?')[0]} is not answered with JSON") from None
