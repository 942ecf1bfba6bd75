"""Clients as they are: Confluent's, curl, ours and the command, with a token each."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import lading
from cli.command import registry as serving
from lading.registry.auth import tokens
from lading.registry.auth.grants import grant_of
from lading.registry.client import Answered, Client, token_for, token_from_environment
from lading.registry.errors import RegistryError
from lading.registry.serve import serve
from lading.registry.settings import Auth, Settings
from lading.registry.store import SqliteStore
from needed import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a server that asks who is calling, and tokens by name."""
    path = tmp_path_factory.mktemp("asking") / "registry.db"
    found = {}
    with_store = SqliteStore(path)
    for name, grant in {
        "admin": {"role": "admin"},
        "writer": {"role": "writer", "on": ["own.*", "demo.*"]},
        "reader": {"role": "reader", "on": ["own.*"]},
    }.items():
        found[name] = tokens.create(with_store, name, [grant_of(grant)])[1]
    with_store.close()
    with serving(path, "--auth", "tokens") as (url, _):
        yield {**found, "url": url}


def kafka(held: dict[str, str], info: str) -> Any:
    from confluent_kafka.schema_registry import SchemaRegistryClient

    return SchemaRegistryClient({"url": held["url"], "basic.auth.user.info": info})


def test_confluents_client_works_with_basic_auth(
    held: dict[str, str], record: Callable[..., str]
) -> None:
    from confluent_kafka.schema_registry import Schema
    from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    token_id, secret = tokens.split(held["writer"]) or ("", "")
    for at, info in enumerate((f"{token_id}:{secret}", f"anybody:{held['writer']}")):
        with kafka(held, info) as client:
            context = SerializationContext(f"own.t{at}", MessageField.VALUE)
            data = AvroSerializer(client, record("a"))({"a": "one"}, context)
            assert AvroDeserializer(client)(data, context) == {"a": "one"}
            subject = f"own.t{at}-value"
            assert client.get_latest_version(subject).version == 1
            assert client.test_compatibility(subject, Schema(record("a"), "AVRO")) is True
            assert client.get_subjects() == [f"own.t{each}-value" for each in range(at + 1)]


def test_confluents_client_is_told_what_is_wrong(
    held: dict[str, str], record: Callable[..., str]
) -> None:
    from confluent_kafka.schema_registry import Schema, SchemaRegistryError

    expected = {
        ("anybody:wrong", "own.r"): (401, 40101),
        (f"x:{held['reader']}", "own.r"): (403, 40301),
        (f"x:{held['writer']}", "their.r"): (404, 40401),
    }
    for (info, subject), (status, code) in expected.items():
        with kafka(held, info) as client, pytest.raises(SchemaRegistryError) as caught:
            client.register_schema(subject, Schema(record("a"), "AVRO"))
        assert (caught.value.http_status_code, caught.value.error_code) == (status, code)


@needs("curl", "the registry is asked as people ask it")
def test_curl_works(held: dict[str, str]) -> None:
    def curl(*words: str) -> str:
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        return done.stdout

    url = held["url"] + "/subjects"
    token_id, secret = tokens.split(held["reader"]) or ("", "")
    assert curl("-u", f"{token_id}:{secret}", url) == "200"
    assert curl("-u", f":{held['reader']}", url) == "200"
    assert curl("-H", f"Authorization: Bearer {held['reader']}", url) == "200"
    assert curl(url) == "401"
    assert curl(held["url"] + "/health/ready") == curl(held["url"] + "/") == "200"


def test_our_client_takes_a_token_from_the_environment_or_a_file(
    held: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Answered, match="LADING_TOKEN") as caught:
        Client(held["url"]).subjects()
    assert (caught.value.status, caught.value.code) == (401, 40101)
    path = tmp_path / "token"
    path.write_text(held["reader"] + "\n")
    monkeypatch.setenv("LADING_TOKEN_FILE", str(path))
    Client(held["url"]).subjects()
    monkeypatch.setenv("LADING_TOKEN", held["admin"])  # wins
    assert token_from_environment() == held["admin"]
    names = {each["name"] for each in Client(held["url"]).tokens()}
    assert names >= {"admin", "writer", "reader"}


def test_a_token_that_cannot_be_read_or_sent_is_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LADING_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(RegistryError, match="missing"):
        Client()
    monkeypatch.setenv("LADING_TOKEN", "lad_\r\nX-Evil: 1")
    with pytest.raises(RegistryError, match="one line"):
        Client()


@pytest.mark.parametrize(
    ("home", "url", "sent"),
    [
        ("", "http://127.0.0.1:8081", True),
        ("", "https://registry.example", False),
        ("https://registry.example", "https://registry.example:443/", True),
        ("https://registry.example", "https://registry.example.evil", False),
        ("https://registry.example", "http://registry.example", False),
        ("https://registry.example", "http://127.0.0.1:8081", False),
    ],
)
def test_a_token_goes_nowhere_but_where_the_environment_says(
    home: str, url: str, sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull request that names another registry in lading.toml gets no secret by it."""
    monkeypatch.setenv("LADING_TOKEN", "lad_x_y")
    monkeypatch.setenv("LADING_REGISTRY", home)
    if sent:
        assert token_for(url) == "lad_x_y"
        return
    with pytest.raises(RegistryError, match="is not sent to"):
        Client(url)


def test_commands_take_it_too(tmp_path: Path) -> None:
    """Each sees what its token shows, and nothing goes without one."""
    lading("init", "work", cwd=tmp_path)
    work = tmp_path / "work"

    def token(*words: str) -> str:
        made = lading("token", "create", "t", *words, "--database", "r.db", cwd=tmp_path)
        return made.out.strip()

    admin, partner = token("--admin"), token("--role", "reader", "--on", "my.shipment.*")
    with serving(tmp_path / "r.db", "--auth", "tokens") as (url, _):
        refused = lading("push", "--registry", url, cwd=work)
        assert refused.code == 3
        assert "LADING_TOKEN" in refused.err
        pushed = lading("push", "--registry", url, cwd=work, LADING_TOKEN=admin)
        assert pushed.code == 0, pushed
        same = lading("check", "--against", url, cwd=work, LADING_TOKEN=admin)
        assert same.out == "no changes in 4 contracts.\n"
        unknown = lading("check", "--against", url, cwd=work)
        assert (unknown.code, "LADING_TOKEN" in unknown.err) == (3, True)
        less = lading("pull", "--registry", url, "--out", "out", cwd=work, LADING_TOKEN=partner)
        assert less.out == "1 contract written to out/\n"


def test_tokens_are_managed_from_the_command_line(held: dict[str, str], tmp_path: Path) -> None:
    where = ("--registry", held["url"])

    def token(*words: str) -> Any:
        return lading("token", *words, *where, cwd=tmp_path, LADING_TOKEN=held["admin"])

    made = token("create", "wms", "--role", "writer", "--on", "wms.*")
    assert made.code == 0, made
    token_id, _ = tokens.split(made.out.strip()) or ("", "")
    assert made.out.strip() not in made.err
    assert f"{token_id}  wms  until" in token("list").out
    rotated = token("rotate", token_id, "--overlap", "0")
    new_id, _ = tokens.split(rotated.out.strip()) or ("", "")
    assert f"{token_id}  wms  over since" in token("list").out
    assert token("end", new_id).out == f"{new_id} (wms) has ended.\n"
    assert token("end", "aaaaaaaa").code == 3
    assert token("create", "wms").code == 2
    assert token("create", "wms", "--role", "king").code == 3


def test_the_first_token_is_made_in_the_database(tmp_path: Path) -> None:
    place = ("--database", "registry.db")
    made = lading("token", "create", "ops", "--admin", *place, cwd=tmp_path)
    assert made.code == 0, made
    with serving(tmp_path / "registry.db", "--auth", "tokens") as (url, _):
        assert Client(url, token=made.out.strip()).tokens()[0]["name"] == "ops"
        busy = lading("token", "list", *place, cwd=tmp_path)
        assert (busy.code, "another lading registry" in busy.err) == (2, True)
    assert "used" in lading("token", "list", *place, cwd=tmp_path).out


def test_nobody_listens_to_the_world_without_asking(tmp_path: Path) -> None:
    path = str(tmp_path / "registry.db")
    with pytest.raises(RegistryError, match="--auth tokens"):
        serve(Settings(database=path, host="0.0.0.0", port=0))
    with pytest.raises(RegistryError, match=r"\[oidc\]"):  # past the check, and at the next one
        serve(Settings(database=path, host="0.0.0.0", port=0, auth=Auth.OIDC))
    wrong = lading("serve", "--auth", "tokens", "--access", "missing.toml", cwd=tmp_path)
    assert (wrong.code, "missing.toml" in wrong.err) == (2, True)
