"""The real client of Confluent, unmodified, works against this registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from confluent_kafka.schema_registry import SchemaRegistryClient


@pytest.fixture
def kafka() -> Any:
    import confluent_kafka.schema_registry

    return confluent_kafka.schema_registry


@pytest.fixture
def client(kafka: Any, url: str) -> Iterator[SchemaRegistryClient]:
    with kafka.SchemaRegistryClient({"url": url}) as client:
        yield client


@pytest.fixture
def topic() -> str:
    return f"topic-{uuid4().hex[:12]}"


def context(topic: str) -> Any:
    from confluent_kafka.serialization import MessageField, SerializationContext

    return SerializationContext(topic, MessageField.VALUE)


def serialize(client: Any, schema: Any, value: object, topic: str) -> bytes:
    from confluent_kafka.schema_registry.avro import AvroSerializer

    data = AvroSerializer(client, schema)(value, context(topic))
    assert data is not None
    return bytes(data)


def deserialize(client: Any, data: bytes, topic: str, schema: Any = None) -> Any:
    from confluent_kafka.schema_registry.avro import AvroDeserializer

    return AvroDeserializer(client, schema)(data, context(topic))


def test_what_was_serialized_comes_back(
    client: Any, topic: str, record: Callable[..., str]
) -> None:
    value = {"a": "one", "b": "two"}
    data = serialize(client, record("a", "b"), value, topic)
    assert data[0] == 0
    content_id = int.from_bytes(data[1:5], "big")
    assert client.get_latest_version(f"{topic}-value").schema_id == content_id
    assert deserialize(client, data, topic) == value


def test_an_old_message_is_read_with_the_new_schema(
    client: Any, topic: str, record: Callable[..., str]
) -> None:
    old = serialize(client, record("a"), {"a": "one"}, topic)
    new = serialize(client, record("a", "b?"), {"a": "one", "b": "two"}, topic)
    assert deserialize(client, old, topic, record("a", "b?")) == {"a": "one", "b": ""}
    assert deserialize(client, new, topic, record("a")) == {"a": "one"}
    assert client.get_versions(f"{topic}-value") == [1, 2]


def test_an_incompatible_schema_stops_the_producer(
    kafka: Any, client: Any, topic: str, record: Callable[..., str]
) -> None:
    serialize(client, record("a"), {"a": "one"}, topic)
    with pytest.raises(kafka.SchemaRegistryError, match="incompatible") as caught:
        serialize(client, record("a", "b"), {"a": "one", "b": "two"}, topic)
    assert caught.value.http_status_code == 409
    assert caught.value.error_code == 40901


def test_schemas_that_refer_to_others_serialize(
    kafka: Any, client: Any, topic: str, record: Callable[..., str]
) -> None:
    parcel = f"{topic}-parcel"
    client.register_schema(parcel, kafka.Schema(record("a"), "AVRO"))
    shipment = kafka.Schema(
        json.dumps(
            {
                "type": "record",
                "name": "Shipment",
                "namespace": "demo.v1",
                "fields": [{"name": "parcel", "type": "demo.v1.Parcel"}],
            }
        ),
        "AVRO",
        [kafka.SchemaReference("demo.v1.Parcel", parcel, 1)],
    )
    value = {"parcel": {"a": "one"}}
    data = serialize(client, shipment, value, topic)
    assert deserialize(client, data, topic) == value
    content_id = client.get_latest_version(f"{topic}-value").schema_id
    assert client.get_referenced_by(parcel, 1) == [content_id]
    with pytest.raises(kafka.SchemaRegistryError) as caught:
        client.delete_version(parcel, 1)
    assert caught.value.error_code == 42206


def test_the_whole_client_works(
    kafka: Any, client: Any, topic: str, record: Callable[..., str]
) -> None:
    schema = kafka.Schema(record("a", "x" + topic[6:]), "AVRO")
    content_id = client.register_schema(topic, schema)
    assert client.get_schema(content_id).schema_str == json.dumps(
        json.loads(schema.schema_str), separators=(",", ":")
    )
    full = client.register_schema_full_response(topic, schema)
    assert client.get_schema_by_guid(full.guid).schema_str
    assert client.lookup_schema(topic, schema).version == 1
    assert topic in client.get_subjects()
    assert client.get_version(topic, 1).schema_id == content_id
    assert client.get_subjects_by_schema_id(content_id) == [topic]
    assert client.test_compatibility(topic, schema) is True
    assert client.test_compatibility_all_versions(topic, kafka.Schema(record("q"))) is False
    client.set_compatibility(topic, "NONE")
    assert client.get_compatibility(topic) == "NONE"
    assert client.get_config(topic).compatibility_level == "NONE"
    assert client.update_mode(topic, "READONLY") == "READONLY"
    assert client.get_mode(topic) == "READONLY"
    assert client.delete_mode(topic) == "READONLY"
    assert client.get_global_mode() == "READWRITE"
    assert client.get_contexts()[0] == "."
    assert client.delete_subject(topic) == [1]
    assert client.delete_subject(topic, permanent=True) == [1]
    with pytest.raises(kafka.SchemaRegistryError) as caught:
        client.get_latest_version(topic)
    assert (caught.value.http_status_code, caught.value.error_code) == (404, 40401)


def test_metadata_travels(kafka: Any, client: Any, topic: str, record: Callable[..., str]) -> None:
    metadata = kafka.Metadata(None, kafka.MetadataProperties({"lading.owner": "wms"}), None)
    client.register_schema(topic, kafka.Schema(record("a"), "AVRO", metadata=metadata))
    found = client.get_latest_with_metadata(topic, {"lading.owner": "wms"})
    assert found.schema.metadata.properties.properties == {"lading.owner": "wms"}
