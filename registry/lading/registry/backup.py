"""A registry as one file that can be carried anywhere, and the way back.

A bundle is a folder, or the same in a ``.tar.gz``: ``manifest.json``, and for each table a file of
JSON lines ordered by key. The same content gives the same bytes, whichever store it was in. What is
taken apart here may come from anybody: no name of it is ever a path, what is no plain file is
refused, and it has to be what its manifest says before any of it counts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections import deque
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from lading.registry.errors import NotEmpty, StoreError
from lading.registry.store import tables, verify
from lading.registry.store.audit import Action
from lading.registry.store.filling import filling, many
from lading.registry.store.records import LAST
from lading.registry.store.session import Session
from lading.registry.store.upkeep import looking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.registry.store.filling import Fillable
    from lading.registry.store.session import Database

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
TABLES: Final = (
    "head",
    "log",
    "context",
    "content",
    "subject",
    "version",
    "reference",
    "setting",
    "token",
)
"""In the order in which they can be filled. What is not here is made of these: the search."""
ARCHIVES: Final = (".tar.gz", ".tgz")
LARGEST: Final = 32 * 1024 * 1024 * 1024
"""Bytes that a bundle may unpack to."""
RATIO: Final = 200
"""Times its own size that a bundle may unpack to."""
SLACK: Final = 64 * 1024 * 1024
"""Bytes that any bundle may unpack to."""
LINE: Final = 64 * 1024 * 1024
"""Bytes of one row."""
_ROWS: Final = 500
_MANY: Final = 63
"""Bits of a number."""


class BundleError(StoreError):
    """What was named is no bundle, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a bundle."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself."""

    tables: int
    """The version of the tables that it was taken from."""
    seq: int
    digest: str
    """Where the log ends."""
    tokens: bool
    """Whether the tokens in it are good for anything."""
    files: dict[str, Part]

    @property
    def text(self) -> str:
        value = {"format": FORMAT, "lading": "registry", **asdict(self)}
        return json.dumps(value, indent=2, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table."""

    name: str
    is_text: bool
    may_be_null: bool
    is_key: bool
    is_long: bool
    """Whether it holds more than ids and numbers do."""


# -- out ------------------------------------------------------------------------------------------


def backup(database: str, target: Path, *, with_tokens: bool = False) -> Manifest:
    """Write a bundle of a moment of `database`, which may be serving meanwhile.

    Args:
        database: a file or an address.
        target: ``.tar.gz`` makes an archive, any other name a folder; nothing may be there.
        with_tokens: keep what tokens are recognised by. Without it they are listed in the bundle,
            and good for nothing.

    Raises:
        StoreError: the database cannot be used, or the target cannot be written.
    """
    if target.exists():
        raise BundleError(f"{target} is there already", hint="name a file or folder that is not")
    try:
        with tempfile.TemporaryDirectory(prefix=".lading-", dir=target.parent) as work:
            folder = Path(work, "bundle")
            folder.mkdir(mode=0o700)
            manifest = _dumped(database, folder, with_tokens=with_tokens)
            if target.name.endswith(ARCHIVES):
                _pack(folder, Path(work, "archive"))
                Path(work, "archive").replace(target)
            else:
                folder.replace(target)
    except OSError as error:
        raise BundleError(
            f"{target}: {error.strerror}", hint="name a place that can be written to"
        ) from None
    return manifest


def _dumped(database: str, folder: Path, *, with_tokens: bool) -> Manifest:
    with looking(database) as db:
        seq, digest = db.execute("SELECT seq, digest FROM head").fetchone()
        parts = {
            table: _written(folder / f"{table}.jsonl", table, _rows(db, table, with_tokens))
            for table in TABLES
        }
    manifest = Manifest(tables.VERSION, seq, digest, with_tokens, parts)
    (folder / MANIFEST).write_text(manifest.text, encoding="utf-8")
    return manifest


def _rows(db: Database, table: str, with_tokens: bool) -> Iterable[tuple[Any, ...]]:  # noqa: FBT001
    names = [each.name for each in columns(table)]
    keys = [each.name for each in columns(table) if each.is_key]
    query = f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(keys)}"  # noqa: S608
    found: Iterable[tuple[Any, ...]] = db.execute(query)
    if table in {"setting", "token"}:  # small, and a database may order these as people do
        found = sorted(found, key=lambda row: tuple(row[names.index(key)] for key in keys))
    if table == "token" and not with_tokens:
        at = names.index("secret")
        found = [(*row[:at], "", *row[at + 1 :]) for row in found]
    return found


def _written(path: Path, table: str, rows: Iterable[tuple[Any, ...]]) -> Part:
    names = [each.name for each in columns(table)]
    count, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        for row in rows:
            value = dict(zip(names, row, strict=True))
            line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return Part(count, digest.hexdigest())


def _pack(folder: Path, target: Path) -> None:
    """Without anything that differs from one machine or moment to the next."""
    with (
        target.open("xb") as file,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name in _names():
            member = tarfile.TarInfo(name)
            member.size, member.mode = (folder / name).stat().st_size, 0o600
            with (folder / name).open("rb") as content:
                archive.addfile(member, content)


def _names() -> list[str]:
    return [MANIFEST, *(f"{each}.jsonl" for each in TABLES)]


# -- in -------------------------------------------------------------------------------------------


def restore(source: Path, database: str) -> Manifest:
    """Fill an empty database from a bundle: all of it, or nothing.

    Raises:
        StoreError: the bundle is not whole, or the database is not empty or cannot be used.
    """
    with filling(database) as db:
        return _filled_from(source, db)


def refill(writing: Session, source: Path) -> Manifest:
    """As `restore`, into a registry that serves, and in which nothing is but tokens.

    Those stay good, and their entries follow the log that is restored: else whoever asked for it
    would be locked out by what he did.

    Raises:
        NotEmpty: something was registered or set.
        BundleError: as `restore`.
    """
    before, own, db = writing.end(), writing.tokens(), many(writing.database)
    if any(each.action is not Action.TOKEN for each in verify.entries(db)):
        raise NotEmpty
    for statement in (
        "DELETE FROM log",
        "DELETE FROM token",
        "UPDATE search_state SET seq = 0",
    ):
        db.execute(statement)
    manifest = _filled_from(source, db)
    writing.head = Session(db).end()
    while own:
        for each in own:
            writing.put_token(each)
        if writing.end().seq > before.seq:  # so that nobody takes it for what was before
            break
    return manifest


def _filled_from(source: Path, db: Fillable) -> Manifest:
    try:
        with _opened(source) as files:
            manifest = _manifest(next(files)[1])
            for name, file in files:
                _filled(db, name.removesuffix(".jsonl"), file, manifest)
        _check_end(db, manifest)
        if problem := next(verify.problems(db), None):
            raise BundleError(
                f"{source} does not hold what its own log says: {problem}",
                hint="take another backup; nothing was restored",
            )
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error) or "it ends early"
        raise BundleError(
            f"{source} is not a whole backup: {why}",
            hint="take another one; nothing was restored",
        ) from None
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The files of a bundle by name, in their order."""
    if source.is_dir():
        yield _of_folder(source)
        return
    with (
        source.open("rb") as file,
        closing(_Limited(file)) as limited,
        tarfile.open(fileobj=limited, mode="r|", errorlevel=2) as archive,  # type: ignore[call-overload]
    ):
        yield _of_archive(archive, limited)


def _of_folder(source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    for name in _names():
        handle = os.open(source / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 - of a handle
            yield name, file


def _of_archive(archive: tarfile.TarFile, whole: _Limited) -> Iterator[tuple[str, IO[bytes]]]:
    for name in _names():
        member = archive.next()
        if member is None:
            raise ValueError(f"{name} is missing")
        if member.name != name or not member.isreg():
            raise ValueError(f"{name} was expected, not {member.name[:80]!r}")
        file = archive.extractfile(member)
        assert file is not None  # noqa: S101  a plain file has content
        yield name, file
    if archive.next() is not None:
        raise ValueError("there is more in it than a backup has")
    # Read to its end, which says whether all of it is as it was written.
    deque(iter(partial(whole.read, LINE), b""), maxlen=0)


class _Limited:
    """What a packed file unpacks to, as long as that stays in proportion."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._unpacked = gzip.GzipFile(fileobj=file, mode="rb")
        self._size = 0

    def read(self, size: int) -> bytes:
        data = self._unpacked.read(min(size, 1024 * 1024))
        self._size += len(data)
        if self._size > min(LARGEST, max(SLACK, RATIO * self._file.tell())):
            raise ValueError("it unpacks to far more than a backup of its size would")
        return data

    def close(self) -> None:
        self._unpacked.close()


def _manifest(file: IO[bytes]) -> Manifest:
    value = json.loads(file.read(SLACK))
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError("it is of no format that this lading knows")
    if value.get("tables") != tables.VERSION:
        raise BundleError(
            f"the backup is of store version {value.get('tables')}, this lading has "
            f"{tables.VERSION}",
            hint="restore it with the lading that made it, then lading db upgrade",
        )
    try:
        parts = {name: Part(**each) for name, each in value["files"].items()}
        seq, digest, tokens = value["seq"], value["digest"], value["tokens"]
    except (KeyError, TypeError, AttributeError):
        raise ValueError("its manifest is incomplete") from None
    if set(parts) != set(TABLES):
        raise ValueError("its manifest does not list the tables of a backup")
    return Manifest(tables.VERSION, seq, digest, tokens, parts)


def _filled(db: Fillable, table: str, file: IO[bytes], manifest: Manifest) -> None:
    names = ", ".join(each.name for each in columns(table))
    marks = ", ".join("?" * len(columns(table)))
    digest, count = hashlib.sha256(), 0
    lines = _lines(file, digest)
    while chunk := [_row(table, line) for line in islice(lines, _ROWS)]:
        if table == "head":  # there is one always: others may wait for it
            db.executemany("UPDATE head SET one = ?, seq = ?, epoch = ?, digest = ?", chunk)
        else:
            db.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", chunk)  # noqa: S608
        count += len(chunk)
    if Part(count, digest.hexdigest()) != manifest.files[table]:
        raise ValueError(f"{table}.jsonl is not what the manifest says")


def _lines(file: IO[bytes], digest: Any) -> Iterator[bytes]:
    while line := file.readline(LINE):
        if not line.endswith(b"\n"):
            raise ValueError("a line is cut off, or too long")
        digest.update(line)
        yield line


def _row(table: str, line: bytes) -> list[Any]:
    try:
        value = json.loads(line)
    except RecursionError:
        raise ValueError(f"a row of {table} is nested too deeply") from None
    wanted = columns(table)
    if not isinstance(value, dict) or set(value) != {each.name for each in wanted}:
        raise ValueError(f"a row of {table} has other columns")
    for each in wanted:
        if not _fits(each, value[each.name]):
            raise ValueError(f"a row of {table} has a {each.name} that cannot be meant")
    return [value[each.name] for each in wanted]


def _fits(column: Column, value: object) -> bool:
    if value is None:
        return column.may_be_null
    if column.is_text:
        return isinstance(value, str)
    if type(value) is not int:
        return False
    return -(1 << _MANY) <= value < 1 << _MANY if column.is_long else 0 <= value <= LAST


def _check_end(db: Database, manifest: Manifest) -> None:
    if tuple(db.execute("SELECT seq, digest FROM head").fetchone() or ()) != (
        manifest.seq,
        manifest.digest,
    ):
        raise ValueError("its log does not end where the manifest says")


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, as its definition says."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(tables.PORTABLE)
        found = db.execute(f"PRAGMA table_info({table})").fetchall()
    return tuple(
        Column(name, kind == "TEXT", not needed and not key, bool(key), kind == "BIGINT")
        for _, name, kind, needed, _, key in found
    )
