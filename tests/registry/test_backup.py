"""What was backed up comes back as it was, whole or not at all."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import lading
from lading.model.contract import Compatibility
from lading.registry import backup as bundles
from lading.registry.auth import tokens
from lading.registry.auth.grants import grant_of
from lading.registry.backup import MANIFEST, TABLES, BundleError, backup, restore
from lading.registry.config import Mode
from lading.registry.errors import StoreError
from lading.registry.service import Registry
from lading.registry.store import Deleted, SqliteStore, tables
from lading.registry.store.opening import open_store
from lading.registry.store.upkeep import verified
from registry.doors import Door, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.service import Proposal
    from registry.doors import Answer


@pytest.fixture(params=["sqlite", "postgres"])
def full(request: pytest.FixtureRequest, proposal: Callable[..., Proposal]) -> str:
    """A registry with some of everything in it, that has been stopped."""
    name = "path" if request.param == "sqlite" else "dsn"
    database = str(request.getfixturevalue(name))
    with closing(open_store(database)) as store:
        registry = Registry(store)
        registry.register("a", proposal("x"), by="me")
        registry.register("a", proposal("x", "y?"))
        registry.register(
            "ä", proposal("x", name="demo.v1.Other", metadata={"properties": {"ü": "ß"}})
        )
        registry.register(":.other:a", proposal("z"))
        registry.register("gone", proposal("x", name="demo.v1.Gone"))
        registry.delete_version("a", 1)
        registry.delete_subject("gone")
        registry.delete_subject("gone", permanent=True)
        registry.set_config({"compatibility": Compatibility.FULL, "alias": "a"}, scope="b")
        registry.set_mode(Mode.READONLY, scope=":.other:")
        tokens.create(store, "ops", [grant_of({"role": "admin"})])
    return database


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Another database, with nothing in it."""
    if request.param == "sqlite":
        return str(tmp_path / "new.db")
    server, template = (request.getfixturevalue(each) for each in ("server", "template"))
    return str(server.new(template))


@pytest.fixture
def bundle(tmp_path: Path, path: Path, proposal: Callable[..., Proposal]) -> Path:
    """A folder, of a small registry."""
    with closing(SqliteStore(path)) as store:
        Registry(store).register("a", proposal("x"))
        Registry(store).set_config({"compatibility": Compatibility.FULL})
    backup(str(path), tmp_path / "bundle")
    return tmp_path / "bundle"


def answers(database: str) -> dict[str, tuple[int, bytes]]:
    """What is answered to every question there is."""
    with closing(open_store(database)) as store:
        ask = Door(store)
        token = ask.token("reader", {"role": "admin"})
        found = {}
        for context in ("", "/contexts/.other"):
            targets = ["/subjects?deleted=true", "/config", "/mode", "/schemas?deleted=true"]
            targets += [f"/schemas/ids/{n}?fetchMaxId=true" for n in range(1, 6)]
            for subject in ("a", "ä", "b", "gone"):
                targets += [
                    f"/subjects/{subject}/versions?deleted=true",
                    f"/config/{subject}",
                    f"/mode/{subject}",
                ]
                targets += [f"/subjects/{subject}/versions/{n}?deleted=true" for n in (1, 2, 3)]
            for each in targets:
                answered = ask("GET", context + each, token=token)
                found[context + each] = (answered.status, answered.body)
        return found


def log(database: str) -> list[Any]:
    with closing(open_store(database)) as store, store.read() as reading:
        return [reading.end(), *reading.log(0, 1000)]


def test_everything_is_answered_byte_for_byte_as_before(
    full: str, empty: str, tmp_path: Path
) -> None:
    before = log(full)
    backup(full, tmp_path / "b.tar.gz")
    made = restore(tmp_path / "b.tar.gz", empty)

    assert log(empty) == before
    assert made.seq == len(before) - 1
    assert answers(empty) == answers(full)
    assert verified(empty).problems == ()


def test_a_restored_registry_goes_on_where_the_old_one_was(
    full: str, empty: str, tmp_path: Path, proposal: Callable[..., Proposal]
) -> None:
    backup(full, tmp_path / "b.tar.gz")
    restore(tmp_path / "b.tar.gz", empty)
    landed = []
    for database in (full, empty):
        with closing(open_store(database)) as store:
            version = Registry(store).register("a", proposal("x", "y?", "z?"))
            landed.append((version.id, version.number, version.seq))
            gone = Registry(store).register("gone", proposal("x", name="demo.v1.Gone"))
            landed.append((gone.id, gone.number, gone.seq))

    assert landed[:2] == landed[2:]
    assert landed[1][1] == 2, "a number is not given out again"


def test_the_same_content_is_the_same_bytes_whatever_it_is_kept_in(
    full: str, empty: str, tmp_path: Path
) -> None:
    backup(full, tmp_path / "1.tar.gz", with_tokens=True)
    backup(full, tmp_path / "2.tar.gz", with_tokens=True)
    restore(tmp_path / "1.tar.gz", empty)
    backup(empty, tmp_path / "3.tgz", with_tokens=True)
    backup(full, tmp_path / "folder", with_tokens=True)

    first, *others = ((tmp_path / name).read_bytes() for name in ("1.tar.gz", "2.tar.gz", "3.tgz"))
    assert others == [first, first]
    with tarfile.open(tmp_path / "1.tar.gz") as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            assert content
            assert (tmp_path / "folder" / member.name).read_bytes() == content.read()


def test_the_secrets_of_tokens_are_left_out_unless_they_are_asked_for(
    tmp_path: Path, path: Path
) -> None:
    with closing(SqliteStore(path)) as store:
        token, text = tokens.create(store, "ops", [grant_of({"role": "admin"})])
    works = []
    for with_tokens in (False, True):
        target, new = tmp_path / f"b{with_tokens}", tmp_path / f"{with_tokens}.db"
        backup(str(path), target, with_tokens=with_tokens)
        assert (token.secret in (target / "token.jsonl").read_text()) is with_tokens
        restore(target, str(new))
        with closing(SqliteStore(new)) as store:
            works.append(Door(store)("GET", "/api/v1/tokens", token=text).status)

    assert works == [401, 200]


def test_a_serving_registry_can_be_backed_up(
    tmp_path: Path, path: Path, proposal: Callable[..., Proposal]
) -> None:
    with closing(SqliteStore(path)) as store:
        Registry(store).register("a", proposal("x"))
        backup(str(path), tmp_path / "b")
        Registry(store).register("a", proposal("x", "y?"))

    restore(tmp_path / "b", str(tmp_path / "new.db"))
    with closing(SqliteStore(tmp_path / "new.db")) as store:
        assert [each.number for each in Registry(store).versions("a")] == [1]


def test_nothing_is_written_over(bundle: Path, path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is there already"):
        backup(str(path), bundle)
    with pytest.raises(StoreError, match="2 changes in its log"):
        restore(bundle, str(path))
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_backup_is_for_its_owner_alone(bundle: Path, path: Path, tmp_path: Path) -> None:
    backup(str(path), tmp_path / "b.tar.gz")
    assert not bundle.stat().st_mode & 0o077


def test_every_table_is_in_a_backup_but_what_is_made_of_others() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(tables.SQLITE)
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")}

    assert {each for each in names if not each.startswith(("search", "sqlite_"))} == set(TABLES)


def changed(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        path = folder / name
        path.write_text(change(path.read_text()))

    return work


def linked(folder: Path) -> None:
    content = (folder / "log.jsonl").read_bytes()
    (folder / "log.jsonl").unlink()
    (folder.parent / "elsewhere").write_bytes(content)
    (folder / "log.jsonl").symlink_to(folder.parent / "elsewhere")


def resealed(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Changed, with a manifest that says so."""

    def work(folder: Path) -> None:
        changed(name, change)(folder)
        data = (folder / name).read_bytes()
        manifest = json.loads((folder / MANIFEST).read_text())
        part = {"rows": data.count(b"\n"), "sha256": bundles.hashlib.sha256(data).hexdigest()}
        manifest["files"][name.removesuffix(".jsonl")] = part
        (folder / MANIFEST).write_text(json.dumps(manifest))

    return work


def put(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


NUMBER = '"number":1'
HOSTILE: dict[str, Callable[[Path], None]] = {
    "another text": changed("content.jsonl", lambda text: text.replace("Parcel", "Pencil")),
    "a line less": changed("log.jsonl", lambda text: text[: text.index("\n") + 1]),
    "cut off": changed("log.jsonl", lambda text: text[:-5]),
    "no file": lambda folder: (folder / "setting.jsonl").unlink(),
    "a link": linked,
    "no manifest": lambda folder: (folder / MANIFEST).unlink(),
    "a manifest that is none": changed(MANIFEST, lambda _: "[]"),
    "an unfinished manifest": changed(MANIFEST, lambda _: '{"format": 1, "tables": 3}'),
    "another format": changed(MANIFEST, lambda text: text.replace('"format": 1', '"format": 9')),
    "another version": changed(MANIFEST, lambda text: text.replace('"tables": 3', '"tables": 9')),
    "another end": changed(MANIFEST, lambda text: text.replace('"seq": 2', '"seq": 3')),
    "another text, resealed": resealed(
        "content.jsonl", lambda text: text.replace("Parcel", "Pencil")
    ),
    "another log, resealed": resealed("log.jsonl", lambda text: text.replace('"seq":1', '"seq":7')),
    "a row twice": resealed("content.jsonl", lambda text: text * 2),
    "a version of nothing": resealed("content.jsonl", lambda _: ""),
    "another column": resealed("setting.jsonl", lambda text: text.replace('"name"', '"nom"')),
    "a number for a text": resealed("setting.jsonl", put('"name":"', '"name":7,"x":"')),
    "a text for a number": resealed("version.jsonl", put(NUMBER, '"number":"1"')),
    "true for a number": resealed("version.jsonl", put(NUMBER, '"number":true')),
    "a number without end": resealed("version.jsonl", put(NUMBER, f'"number":{"9" * 30}')),
    "a row that is none": resealed("setting.jsonl", lambda _: "[]\n"),
    "nested": resealed("setting.jsonl", lambda _: "[" * 100_000 + "\n"),
    "no text at all": lambda folder: (folder / "log.jsonl").write_bytes(b"\xff\n"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_not_whole_is_refused_and_leaves_nothing(
    bundle: Path, tmp_path: Path, what: str
) -> None:
    HOSTILE[what](bundle)
    with pytest.raises(StoreError) as caught:
        restore(bundle, str(tmp_path / "new.db"))

    assert caught.value.hint or "UNIQUE" in str(caught.value) or "FOREIGN" in str(caught.value)
    with closing(SqliteStore(tmp_path / "new.db")) as store, store.read() as reading:
        assert reading.end().seq == 0
        assert reading.subjects(None, "", Deleted.INCLUDED) == []
        assert reading.scopes("") == []


def packed(target: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(target, "w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


@pytest.mark.parametrize(
    "first",
    [
        member("../manifest.json"),
        member("/etc/manifest.json"),
        member("./manifest.json"),
        member(MANIFEST, tarfile.SYMTYPE, "/etc/passwd"),
        member(MANIFEST, tarfile.LNKTYPE, "/etc/passwd"),
        member(MANIFEST, tarfile.CHRTYPE),
        member(MANIFEST, tarfile.FIFOTYPE),
        member(MANIFEST, tarfile.DIRTYPE),
    ],
    ids=lambda each: f"{each.name} {each.type!r}",
)
def test_an_archive_with_links_or_ways_out_is_refused(
    tmp_path: Path, first: tarfile.TarInfo
) -> None:
    source = packed(tmp_path / "b.tar.gz", (first, b""))
    with pytest.raises(BundleError, match="expected"):
        restore(source, str(tmp_path / "new.db"))
    assert not (tmp_path.parent / MANIFEST).exists()


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "SLACK", 1024 * 1024)
    first = (member(MANIFEST), (bundle / MANIFEST).read_bytes())
    source = packed(tmp_path / "b.tar.gz", first, (member("head.jsonl"), b" " * 30_000_000))
    with pytest.raises(BundleError, match="far more"):
        restore(source, str(tmp_path / "new.db"))


@pytest.mark.parametrize("cut", [0, 1, 20, 300, -1, -20])
def test_an_archive_that_ends_early_is_refused(
    bundle: Path, path: Path, tmp_path: Path, cut: int
) -> None:
    backup(str(path), tmp_path / "b.tar.gz")
    data = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "c.tar.gz").write_bytes(data[:cut])
    with pytest.raises(BundleError):
        restore(tmp_path / "c.tar.gz", str(tmp_path / "new.db"))


def test_an_archive_with_something_more_in_it_is_refused(bundle: Path, tmp_path: Path) -> None:
    names = [MANIFEST, *(f"{each}.jsonl" for each in TABLES)]
    members = [(member(name), (bundle / name).read_bytes()) for name in names]
    source = packed(tmp_path / "b.tar.gz", *members, (member("more"), b"x"))
    with pytest.raises(BundleError, match="more in it"):
        restore(source, str(tmp_path / "new.db"))
    with gzip.open(source) as whole:
        assert whole.read(1)


def test_the_commands_say_what_they_did(bundle: Path, path: Path, tmp_path: Path) -> None:
    made = lading("db", "backup", "b.tar.gz", path, cwd=tmp_path)
    back = lading("db", "restore", "b.tar.gz", "new.db", cwd=tmp_path)
    again = lading("db", "restore", "b.tar.gz", "new.db", cwd=tmp_path)
    none = lading("db", "backup", "c.tar.gz", "none.db", cwd=tmp_path)
    seen = lading("db", "verify", "new.db", cwd=tmp_path)

    assert (made.code, made.out) == (0, "b.tar.gz holds 1 version of 1 subject, and 2 changes.\n")
    assert back.out == "new.db holds 1 version, and is whole: 2 changes in its log.\n"
    assert (again.code, none.code, seen.code) == (2, 2, 0)
    assert "2 changes in its log" in again.err
    assert not Path(tmp_path / "c.tar.gz").exists()


# -- by HTTP --------------------------------------------------------------------------------------


def sent(door: Door, path: str, body: bytes = b"", token: str = "", kind: str = "gzip") -> Answer:
    headers = [("content-type", f"application/{kind}"), ("authorization", f"Bearer {token}")]
    return asked(door.app, "POST" if body else "GET", path, body, headers)


@pytest.fixture(params=["sqlite", "postgres"])
def doors(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Door, Door]]:
    """One with something in it, and an empty one."""
    with ExitStack() as open_:
        found = []
        for name in ("old", "new"):
            if request.param == "sqlite":
                database = str(tmp_path / f"{name}.db")
            else:
                server, ready = map(request.getfixturevalue, ("server", "template"))
                database = server.new(ready)
            store = open_store(database)
            open_.callback(store.close)
            door = Door(store, database=database)
            door.tokens["admin"] = door.token("root", {"role": "admin"})
            found.append(door)
        old, new = found
        for name, text in (("a", '"int"'), ("a", '"long"'), ("b", '"bytes"')):
            body = {"schema": text}
            path = f"/subjects/{name}/versions"
            assert old("POST", path, body, token=old.tokens["admin"]).status == 200
        old("PUT", "/config/a", {"compatibility": "FULL"}, token=old.tokens["admin"])
        yield old, new


def test_a_backup_by_http_is_the_archive_and_fills_an_empty_registry(
    doors: tuple[Door, Door], tmp_path: Path
) -> None:
    old, new = doors
    mine, theirs = old.tokens["admin"], new.tokens["admin"]
    taken = sent(old, "/api/v1/backup", token=mine)
    assert (taken.status, taken.headers["content-type"]) == (200, "application/gzip")
    target = tmp_path / "by-hand.tar.gz"
    backup(old.app.state.registry.settings.database, target)
    assert taken.body == target.read_bytes()

    # What was asked before must not be answered from what is remembered.
    assert new("GET", "/subjects", token=theirs).json == []
    told = sent(new, "/api/v1/restore", taken.body, theirs)
    assert (told.status, told.json["subjects"], told.json["versions"]) == (200, 2, 3)
    for path in ("/subjects", "/subjects/a/versions/2", "/config/a", "/schemas/ids/3"):
        assert new("GET", path, token=theirs).json == old("GET", path, token=mine).json
    assert new("GET", "/subjects", token=mine).status == 401  # it was left out
    assert new("GET", "/api/v1/audit/verify", token=theirs).json["intact"] is True
    assert verified(new.app.state.registry.settings.database).problems == ()
    landed = new("POST", "/subjects/c/versions", {"schema": '"null"'}, token=theirs)
    assert landed.json["id"] == 4
    again = sent(new, "/api/v1/restore", taken.body, theirs)
    assert (again.status, again.code) == (409, 40902)


def test_what_is_no_backup_leaves_the_registry_as_it_was(doors: tuple[Door, Door]) -> None:
    old, new = doors
    theirs = new.tokens["admin"]
    whole = sent(old, "/api/v1/backup", token=old.tokens["admin"]).body
    for body in (b"oops", whole[: len(whole) // 2], whole[:-20] + b"x" * 20):
        refused = sent(new, "/api/v1/restore", body, theirs)
        assert refused.status == 422, refused.body
        assert "/tmp" not in refused.json["message"]
        assert new("GET", "/subjects", token=theirs).json == []
    assert sent(new, "/api/v1/restore", whole, theirs, kind="json").status == 415
    reader = new.token("ci", {"role": "writer"})
    assert sent(new, "/api/v1/restore", whole, reader).status == 403
    assert sent(new, "/api/v1/backup", token=reader).status == 403
    assert sent(new, "/api/v1/restore", whole, theirs).status == 200
    assert new("GET", "/subjects", token=theirs).json == ["a", "b"]
    assert new("GET", "/subjects", token=reader).json == ["a", "b"]
