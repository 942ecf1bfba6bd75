"""python-schema-registry-client, unmodified, works against this registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

import schema_registry.client as schema_registry


@pytest.fixture
def client(url: str) -> Any:
    return schema_registry.SchemaRegistryClient(url=url)


@pytest.fixture
def subject() -> str:
    return f"python-{uuid4().hex[:12]}"


def test_what_it_registers_it_finds(client: Any, subject: str, record: Callable[..., str]) -> None:
    schema = schema_registry.schema.AvroSchema(record("a"))
    number = client.register(subject, schema)

    assert client.get_by_id(number).raw_schema == schema.raw_schema
    assert client.get_schema(subject).version == 1
    assert client.get_schema(subject, version=1).schema_id == number
    assert client.check_version(subject, schema).version == 1
    assert client.get_versions(subject) == [1]
    assert subject in client.get_subjects()
    assert [each.subject for each in client.get_schema_subject_versions(number)].count(subject) == 1


def test_it_is_told_what_would_break(client: Any, subject: str, record: Callable[..., str]) -> None:
    client.register(subject, schema_registry.schema.AvroSchema(record("a")))
    broken = schema_registry.schema.AvroSchema(record("b"))

    assert client.test_compatibility(subject, broken) is False
    with pytest.raises(schema_registry.errors.ClientError) as caught:
        client.register(subject, broken)
    assert caught.value.http_code == 409
    client.update_compatibility("NONE", subject)
    assert client.get_compatibility(subject) == "NONE"
    assert client.register(subject, broken)
    assert client.get_versions(subject) == [1, 2]


def test_what_is_not_there_is_not_there(client: Any, subject: str) -> None:
    assert client.get_schema(subject) is None
    assert client.get_versions(subject) == []
    assert client.get_by_id(2_000_000_000) is None


def test_it_deletes(client: Any, subject: str, record: Callable[..., str]) -> None:
    for fields in (("a",), ("a", "b?")):
        client.register(subject, schema_registry.schema.AvroSchema(record(*fields)))

    assert client.delete_version(subject, 1) == 1
    assert client.delete_subject(subject) == [2]
    assert client.get_versions(subject) == []


@pytest.mark.parametrize("kind", ["avro", "json"])
def test_messages_go_there_and_back(
    client: Any, subject: str, record: Callable[..., str], kind: str
) -> None:
    from schema_registry import serializers

    text = (
        record("a")
        if kind == "avro"
        else '{"type":"object","title":"T","properties":{"a":{"type":"string"}}}'
    )
    if kind == "avro":
        schema, serde = schema_registry.schema.AvroSchema(text), serializers.AvroMessageSerializer
    else:
        schema, serde = schema_registry.schema.JsonSchema(text), serializers.JsonMessageSerializer
    messages = serde(client)
    data = messages.encode_record_with_schema(subject, schema, {"a": "one"})

    assert data[0] == 0
    assert messages.decode_message(data) == {"a": "one"}
    assert client.get_versions(f"{subject}-value") + client.get_versions(subject) == [1]
