"""Serializers and deserializers of Confluent's own client, with all that they may ask for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from confluent_kafka.schema_registry import SchemaRegistryClient

ORDER = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Order",
    "type": "object",
    "properties": {"sku": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["sku"],
}


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


class Serdes:
    """A serializer and a deserializer of a kind, for one topic."""

    def __init__(self, client: Any, kind: str, topic: str) -> None:
        from confluent_kafka.schema_registry import avro, json_schema
        from confluent_kafka.serialization import MessageField, SerializationContext

        self.client, self.kind = client, kind
        self.module = avro if kind == "AVRO" else json_schema
        self.headers: list[tuple[str, bytes]] = []
        self.context = SerializationContext(topic, MessageField.VALUE, self.headers)

    def write(self, schema: Any, value: object, **conf: Any) -> bytes:
        settings = {key.replace("_", "."): each for key, each in conf.items()}
        if self.kind == "AVRO":
            serializer = self.module.AvroSerializer(self.client, schema, conf=settings)
        else:
            serializer = self.module.JSONSerializer(schema, self.client, conf=settings)
        data = serializer(value, self.context)
        assert data is not None
        return bytes(data)

    def read(self, data: bytes, schema: Any = None) -> Any:
        if self.kind == "AVRO":
            deserializer = self.module.AvroDeserializer(self.client, schema)
        else:
            deserializer = self.module.JSONDeserializer(schema, schema_registry_client=self.client)
        return deserializer(data, self.context)


@pytest.fixture(params=["AVRO", "JSON"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def serdes(client: Any, kind: str, topic: str) -> Serdes:
    return Serdes(client, kind, topic)


@pytest.fixture
def schema(kind: str, record: Callable[..., str]) -> str:
    return record("sku") if kind == "AVRO" else json.dumps(ORDER)


VALUE = {"sku": "A-1-longer"}
"""The client takes less than six bytes for no message at all, whatever its headers say."""


# -- framings -------------------------------------------------------------------------------------


def test_an_id_goes_before_the_payload(serdes: Serdes, schema: str, client: Any) -> None:
    data = serdes.write(schema, VALUE)
    number = int.from_bytes(data[1:5], "big")

    assert data[0] == 0
    assert client.get_schema(number).schema_type == serdes.kind
    assert serdes.read(data) == VALUE


def test_a_guid_goes_into_a_header(
    kafka: Any, serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    """The payload has no prefix then, and is read by what the header says."""
    data = serdes.write(schema, VALUE, schema_id_serializer=kafka.header_schema_id_serializer)
    [(name, header)] = serdes.headers
    guid = str(UUID(bytes=header[1:]))

    assert (name, header[0]) == ("__value_schema_id", 1)
    assert guid == client.get_latest_version(f"{topic}-value").guid
    assert client.get_schema_by_guid(guid).schema_str
    assert serdes.read(data) == VALUE


def test_the_guid_is_the_one_that_the_client_writes_for_a_rule_set(
    kafka: Any, serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    """A set with everything left out that may be: what is meant is part of the guid."""
    rules = kafka.RuleSet(None, [rule(kafka, "r", "message.sku != ''")])
    client.register_schema(f"{topic}-value", kafka.Schema(schema, serdes.kind, rule_set=rules))
    conf = {"auto_register_schemas": False, "use_latest_version": True}
    data = serdes.write(
        schema, VALUE, schema_id_serializer=kafka.header_schema_id_serializer, **conf
    )

    assert serdes.read(data) == VALUE


# -- which schema ---------------------------------------------------------------------------------


def test_a_schema_that_was_not_registered_is_not_registered_by_a_careful_producer(
    kafka: Any, serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    with pytest.raises(kafka.SchemaRegistryError) as caught:
        serdes.write(schema, VALUE, auto_register_schemas=False)
    assert (caught.value.http_status_code, caught.value.error_code) == (404, 40401)
    client.register_schema(f"{topic}-value", kafka.Schema(schema, serdes.kind))

    assert serdes.read(serdes.write(schema, VALUE, auto_register_schemas=False)) == VALUE
    assert client.get_versions(f"{topic}-value") == [1]


def test_the_latest_version_is_used_when_asked_for(
    kafka: Any, client: Any, topic: str, record: Callable[..., str]
) -> None:
    name = f"{topic}-value"
    client.register_schema(name, kafka.Schema(record("sku"), "AVRO"))
    client.register_schema(name, kafka.Schema(record("sku", "more?"), "AVRO"))
    serdes = Serdes(client, "AVRO", topic)
    conf = {"auto_register_schemas": False, "use_latest_version": True}
    data = serdes.write(record("sku"), VALUE, **conf)

    assert int.from_bytes(data[1:5], "big") == client.get_latest_version(name).schema_id
    assert serdes.read(data) == {**VALUE, "more": ""}


def test_the_version_with_the_metadata_is_used_when_asked_for(
    kafka: Any, serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    name = f"{topic}-value"
    for owner in ("wms", "tms"):
        metadata = kafka.Metadata(None, kafka.MetadataProperties({"owner": owner}), None)
        client.register_schema(name, kafka.Schema(schema, serdes.kind, metadata=metadata))
    first = client.get_version(name, 1)
    conf = {"auto_register_schemas": False, "use_latest_with_metadata": {"owner": "wms"}}
    data = serdes.write(schema, VALUE, **conf)

    assert int.from_bytes(data[1:5], "big") == first.schema_id
    assert serdes.read(data) == VALUE


def test_normalized_schemas_differ_in_meaning_only(
    serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    turned = json.dumps(dict(reversed(json.loads(schema).items())))
    for each in (schema, turned):
        assert serdes.read(serdes.write(each, VALUE, normalize_schemas=True)) == VALUE

    assert client.get_versions(f"{topic}-value") == [1]


def test_subjects_may_be_named_after_records(
    kafka: Any, client: Any, topic: str, record: Callable[..., str]
) -> None:
    name = f"demo.v1.R{topic[6:]}"
    serdes = Serdes(client, "AVRO", topic)
    for strategy in (
        kafka.record_subject_name_strategy,
        kafka.topic_record_subject_name_strategy,
    ):
        schema = record("sku", name=name)
        assert serdes.read(serdes.write(schema, VALUE, subject_name_strategy=strategy)) == VALUE

    assert client.get_versions(name) == client.get_versions(f"{topic}-{name}") == [1]


# -- references, rules, associations, contexts -----------------------------------------------------


def test_schemas_of_both_kinds_may_refer_to_others(
    kafka: Any, serdes: Serdes, topic: str, client: Any, record: Callable[..., str]
) -> None:
    base = f"{topic}-base"
    if serdes.kind == "AVRO":
        inner, name = record("sku", name="demo.v1.Item"), "demo.v1.Item"
        fields = [{"name": "item", "type": name}]
        outer = json.dumps({"type": "record", "name": "demo.v1.Order", "fields": fields})
    else:
        name = "https://example.com/item.json"
        inner = json.dumps({**ORDER, "$id": name})
        outer = json.dumps({**ORDER, "properties": {"item": {"$ref": name}}, "required": ["item"]})
    client.register_schema(base, kafka.Schema(inner, serdes.kind))
    whole = kafka.Schema(outer, serdes.kind, [kafka.SchemaReference(name, base, 1)])
    value = {"item": VALUE}
    data = serdes.write(whole, value)

    assert serdes.read(data, whole) == value
    assert client.get_referenced_by(base, 1) == [int.from_bytes(data[1:5], "big")]


def rule(kafka: Any, name: str, expr: str) -> Any:
    return kafka.Rule(
        name,
        None,
        kafka.RuleKind.CONDITION,
        kafka.RuleMode.WRITE,
        "NOBODY_RUNS_IT",
        None,
        None,
        expr,
        None,
        None,
        True,
    )


def test_rules_come_back_to_the_clients_that_run_them(
    kafka: Any, serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    name = f"{topic}-value"
    rules = kafka.RuleSet(None, [rule(kafka, "checkSku", "message.sku != ''")])
    client.register_schema(name, kafka.Schema(schema, serdes.kind, rule_set=rules))
    found = client.get_latest_version(name).schema.rule_set

    assert [each.to_dict() for each in found.domain_rules] == [
        each.to_dict() for each in rules.domain_rules
    ]


def test_a_rule_set_that_cannot_be_has_confluents_code(
    kafka: Any, serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    twice = kafka.RuleSet(None, [rule(kafka, "r", "true"), rule(kafka, "r", "false")])
    with pytest.raises(kafka.SchemaRegistryError) as caught:
        client.register_schema(topic, kafka.Schema(schema, serdes.kind, rule_set=twice))
    assert (caught.value.http_status_code, caught.value.error_code) == (422, 42210)


def test_a_topic_without_an_association_goes_by_its_name(
    kafka: Any, serdes: Serdes, schema: str, client: Any, topic: str
) -> None:
    """The newest clients ask first, and fall back on what they always did."""
    from confluent_kafka.schema_registry.common.serde import SubjectNameStrategyType

    found = client.get_associations_by_resource_name(topic, "-", "topic", ["value"])
    data = serdes.write(
        schema, VALUE, subject_name_strategy_type=SubjectNameStrategyType.ASSOCIATED
    )

    assert found == []
    assert serdes.read(data) == VALUE
    assert client.get_versions(f"{topic}-value") == [1]


def test_an_association_is_refused_in_plain_words(kafka: Any, client: Any, topic: str) -> None:
    request = kafka.AssociationCreateOrUpdateRequest(topic, "-", f"lkc-1:{topic}", "topic", [])
    with pytest.raises(kafka.SchemaRegistryError, match="not kept by this registry") as caught:
        client.create_association(request)
    assert caught.value.error_code == 42205
    with pytest.raises(kafka.SchemaRegistryError) as caught:
        client.delete_associations(f"lkc-1:{topic}")
    assert caught.value.error_code == 40410


def test_a_client_may_live_in_a_context(
    kafka: Any, url: str, kind: str, topic: str, schema: str
) -> None:
    context = f".c{topic[6:]}"
    with kafka.SchemaRegistryClient({"url": f"{url}/contexts/{context}"}) as client:
        serdes = Serdes(client, kind, topic)
        data = serdes.write(schema, VALUE)

        assert int.from_bytes(data[1:5], "big") == 1
        assert serdes.read(data) == VALUE
        assert client.get_subjects() == [f":{context}:{topic}-value"]
        client.set_compatibility(level="NONE")
        assert client.get_config().compatibility_level == "NONE"


def test_all_of_a_config_goes_through_the_client(kafka: Any, client: Any, topic: str) -> None:
    said = kafka.ServerConfig(
        compatibility=kafka.ConfigCompatibilityLevel.FULL,
        compatibility_group="major",
        default_metadata=kafka.Metadata(None, kafka.MetadataProperties({"a": "b"}), None),
        override_rule_set=kafka.RuleSet(None, [rule(kafka, "r", "true")]),
    )
    client.set_config(topic, said)
    found = client.get_config(topic)

    assert found.compatibility_level == "FULL"
    assert found.compatibility_group == "major"
    assert found.default_metadata.properties.properties == {"a": "b"}
    assert found.override_rule_set.domain_rules[0].name == "r"
    assert client.delete_config(topic).compatibility_level == "FULL"


def test_the_asynchronous_client_works_too(
    url: str, topic: str, record: Callable[..., str]
) -> None:
    import asyncio

    from confluent_kafka.schema_registry import AsyncSchemaRegistryClient, Schema

    async def registers() -> Any:
        async with AsyncSchemaRegistryClient({"url": url}) as client:
            number = await client.register_schema(topic, Schema(record("sku"), "AVRO"))
            return number, (await client.get_latest_version(topic)).schema_id

    number, latest = asyncio.run(registers())
    assert number == latest
