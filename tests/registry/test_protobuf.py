"""Protobuf in the registry: as text, as a descriptor, and by the client of Confluent unmodified."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from lading.model import Document, Syntax
from lading.model.protobuf import without_places
from lading.model.protoc import compiled
from lading.registry.protofiles import declared
from lading.registry.spellings import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asking import Http

PARTY = """syntax = "proto3";
package acme;
message Party { string name = 1; }
"""
ORDER = """syntax = "proto3";
package acme;
import "acme/party.proto";
import "google/protobuf/timestamp.proto";
message Order {
  message Line { string item = 1; int32 pieces = 2; }  // what is ordered
  string id = 1;
  repeated Line lines = 2;
  Party customer = 3;
  google.protobuf.Timestamp placed_at = 4;
}
"""
WRITTEN = """syntax = "proto3";
package acme;

import "acme/party.proto";
import "google/protobuf/timestamp.proto";

message Order {
  string id = 1;
  repeated .acme.Order.Line lines = 2;
  .acme.Party customer = 3;
  .google.protobuf.Timestamp placed_at = 4;

  message Line {
    string item = 1;
    int32 pieces = 2;
  }
}
"""
"""`ORDER` as Confluent's registry prints what it is compiled to."""
BACK = "BACKWARD"


@pytest.fixture
def topic() -> str:
    return f"topic-{uuid4().hex[:12]}"


@pytest.fixture
def client(url: str) -> Iterator[Any]:
    from confluent_kafka.schema_registry import SchemaRegistryClient

    with SchemaRegistryClient({"url": url}) as client:
        yield client


def context(topic: str) -> Any:
    from confluent_kafka.serialization import MessageField, SerializationContext

    return SerializationContext(topic, MessageField.VALUE)


def documents(**texts: str) -> dict[str, Document]:
    return {
        f"acme/{name}.proto": Document(name, text, None, Syntax.PROTO)
        for name, text in texts.items()
    }


def descriptor(text: str) -> str:
    """What Confluent's clients in Python send for a file."""
    document = Document("file.proto", text, None, Syntax.PROTO)
    return base64.b64encode(without_places(document, documents(party=PARTY))).decode()


def classes(order: str) -> dict[str, Any]:
    """What protoc would generate, made of descriptors."""
    pool = DescriptorPool()
    found: dict[str, Any] = {}
    document = Document("order.proto", order, None, Syntax.PROTO)
    for each in compiled(document, documents(party=PARTY)):
        file = FileDescriptorProto.FromString(each)
        file.ClearField("source_code_info")
        pool.Add(file)
        for message in file.message_type:
            name = f"{file.package}.{message.name}"
            found[name] = GetMessageClass(pool.FindMessageTypeByName(name))
            for inner in message.nested_type:
                below = f"{name}.{inner.name}"
                found[below] = GetMessageClass(pool.FindMessageTypeByName(below))
    return found


def serializer(client: Any, kind: Any, **conf: Any) -> Any:
    from confluent_kafka.schema_registry.protobuf import ProtobufSerializer

    return ProtobufSerializer(kind, client, conf)


def deserializer(client: Any, kind: Any) -> Any:
    from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer

    return ProtobufDeserializer(kind, {}, client)


def an_order(kinds: dict[str, Any]) -> Any:
    order = kinds["acme.Order"](id="one")
    order.lines.add(item="bolt", pieces=7)
    order.customer.name = "Acme"
    order.placed_at.seconds = 12
    return order


def post(ask: Http, path: str, schema: str, **more: Any) -> Any:
    return ask("POST", path, {"schema": schema, "schemaType": "PROTOBUF", **more})


def test_what_was_serialized_comes_back(client: Any, topic: str) -> None:
    """With a nested message, a reference that the client registers, and a file of Google's."""
    kinds = classes(ORDER)
    order = an_order(kinds)
    data = serializer(client, kinds["acme.Order"])(order, context(topic))
    assert data[0] == 0
    assert deserializer(client, kinds["acme.Order"])(data, context(topic)) == order
    held = client.get_latest_version(f"{topic}-value").schema
    assert held.schema_type == "PROTOBUF"
    assert [each.name for each in held.references] == ["acme/party.proto"]


def test_a_nested_message_is_known_by_its_index(client: Any, topic: str) -> None:
    kinds = classes(ORDER)
    line = kinds["acme.Order.Line"](item="bolt", pieces=7)
    data = serializer(client, kinds["acme.Order.Line"])(line, context(topic))
    assert data[5:8] == b"\x04\x00\x00"  # two indexes, both zero
    assert deserializer(client, kinds["acme.Order.Line"])(data, context(topic)) == line


def test_what_was_registered_as_text_is_read_by_the_client(
    ask: Http, client: Any, topic: str
) -> None:
    """It asks for a descriptor, whatever was sent."""
    kinds = classes(ORDER)
    used = {"name": "acme/party.proto", "subject": f"{topic}-party", "version": 1}
    post(ask, f"/subjects/{topic}-party/versions", PARTY)
    found = post(ask, f"/subjects/{topic}-value/versions", ORDER, references=[used])
    assert found.status == 200
    send = serializer(
        client,
        kinds["acme.Order"],
        **{"auto.register.schemas": False, "use.latest.version": True},
    )
    order = an_order(kinds)
    data = send(order, context(topic))
    assert int.from_bytes(data[1:5], "big") == found.json["id"]
    assert deserializer(client, kinds["acme.Order"])(data, context(topic)) == order


def test_an_incompatible_file_stops_the_producer(client: Any, topic: str) -> None:
    from confluent_kafka.schema_registry import SchemaRegistryError

    kinds = classes(ORDER)
    serializer(client, kinds["acme.Order"])(an_order(kinds), context(topic))
    other = classes(ORDER.replace("string id = 1", "int32 id = 1"))
    order = other["acme.Order"](id=1)
    with pytest.raises(SchemaRegistryError, match="incompatible"):
        serializer(client, other["acme.Order"])(order, context(topic))


def test_a_text_is_kept_as_it_was_sent(ask: Http, topic: str) -> None:
    """Under an id, a guid and a version; the same text is the same version."""
    text = "// A party.\n" + PARTY
    first = post(ask, f"/subjects/{topic}/versions", text).json
    again = post(ask, f"/subjects/{topic}/versions", text).json
    assert first["id"] == again["id"]
    found = ask("GET", f"/schemas/ids/{first['id']}").json
    assert (found["schema"], found["schemaType"]) == (text, "PROTOBUF")
    assert ask("GET", f"/schemas/guids/{first['guid']}").json["schema"] == text
    assert post(ask, f"/subjects/{topic}", text).json["version"] == 1


@pytest.mark.parametrize(
    "path", ["/schemas/ids/{id}", "/schemas/guids/{guid}", "/subjects/{topic}/versions/1"]
)
def test_a_text_is_a_descriptor_for_whoever_asks(ask: Http, topic: str, path: str) -> None:
    landed = post(ask, f"/subjects/{topic}/versions", PARTY).json
    where = path.format(topic=topic, **landed)
    sent = ask("GET", f"{where}?format=serialized").json["schema"]
    file = FileDescriptorProto.FromString(base64.b64decode(sent))
    assert [each.name for each in file.message_type] == ["Party"]
    assert ask("GET", where).json["schema"] == PARTY


def test_a_descriptor_is_handed_out_as_the_text_that_it_is(ask: Http, topic: str) -> None:
    """As in Confluent's registry, wherever it is shown; in base64 for whoever asks for that.

    Who registers it is answered in what was sent: clients keep that for the id.
    """
    used = {"name": "acme/party.proto", "subject": f"{topic}-party", "version": 1}
    post(ask, f"/subjects/{topic}-party/versions", descriptor(PARTY))
    landed = post(ask, f"/subjects/{topic}/versions", descriptor(ORDER), references=[used]).json
    looked = post(ask, f"/subjects/{topic}", descriptor(ORDER), references=[used]).json
    again = post(ask, f"/subjects/{topic}/versions", descriptor(ORDER), references=[used]).json
    assert (landed["schema"], again["schema"]) == (descriptor(ORDER), descriptor(ORDER))
    assert looked["schema"] == WRITTEN
    assert (again["id"], looked["id"], looked["version"]) == (landed["id"], landed["id"], 1)
    text = post(ask, f"/subjects/{topic}-text/versions", WRITTEN, references=[used]).json
    assert (text["id"], text["guid"]) == (landed["id"], landed["guid"])
    places = (
        f"/schemas/ids/{landed['id']}",
        f"/schemas/guids/{landed['guid']}",
        f"/subjects/{topic}/versions/1",
        f"/subjects/{topic}/versions/latest",
    )
    for each in places:
        assert ask("GET", each).json["schema"] == WRITTEN
        sent = ask("GET", f"{each}?format=serialized").json["schema"]
        assert sent == descriptor(ORDER)
    for each in (places[0], places[2]):
        assert ask("GET", f"{each}/schema").body == WRITTEN.encode()
        assert ask("GET", f"{each}/schema?format=serialized").body == descriptor(ORDER).encode()
    form = f"/subjects/{topic}?format=serialized"
    assert post(ask, form, descriptor(ORDER), references=[used]).json["schema"] == sent
    party = ask("GET", f"/subjects/{topic}-party/versions/1").json
    assert "message Party {" in party["schema"]


def test_a_descriptor_that_no_text_says_is_kept_as_it_was_sent(ask: Http, topic: str) -> None:
    """An option that no file of it defines has no name to be written by."""
    file = FileDescriptorProto.FromString(base64.b64decode(descriptor(PARTY)))
    file.options.MergeFromString(b"\x9a\xb6\x18\x01x")  # field 50003, whatever that is
    sent = base64.b64encode(file.SerializeToString(deterministic=True)).decode()
    assert post(ask, f"/subjects/{topic}/versions", sent).json["schema"] == sent
    assert ask("GET", f"/subjects/{topic}/versions/1").json["schema"] == sent


def test_a_descriptor_may_follow_the_text_that_it_is(ask: Http, topic: str) -> None:
    """What is judged is what is in it, whichever way it was sent."""
    post(ask, f"/subjects/{topic}/versions", PARTY)
    sent = ask("GET", f"/subjects/{topic}/versions/1?format=serialized").json["schema"]
    found = post(ask, f"/compatibility/subjects/{topic}/versions/1?verbose=true", sent)
    assert found.json["is_compatible"] is True


@pytest.mark.parametrize("query", ["", "?normalize=true"])
@pytest.mark.parametrize("first", ["text", "descriptor"])
def test_a_file_is_one_however_it_is_sent(
    ask: Http, client: Any, topic: str, first: str, query: str
) -> None:
    """As text with comments or without, with names in full, or as the client's descriptor."""
    subject, kinds = f"{topic}-value", classes(ORDER)
    used = {"name": "acme/party.proto", "subject": "acme/party.proto", "version": 1}
    post(ask, "/subjects/acme%2Fparty.proto/versions", PARTY)
    if first == "text":
        post(ask, f"/subjects/{subject}/versions", ORDER, references=[used])
    serialize = serializer(client, kinds["acme.Order"])
    serialize(an_order(kinds), context(topic))
    commented = "/* what\nis */" + ORDER.replace("  ", "\t// ;\n")
    qualified = ORDER.replace("Party customer", ".acme.Party customer")
    for each in (ORDER, commented, qualified):
        found = post(ask, f"/subjects/{subject}{query}", each, references=[used])
        assert (found.status, found.json.get("version")) == (200, 1)
        again = post(ask, f"/subjects/{subject}/versions{query}", each, references=[used])
        assert again.json["version"] == 1
    other = ORDER.replace("pieces = 2", "pieces = 3")
    assert post(ask, f"/subjects/{subject}{query}", other, references=[used]).status == 404


EVERYTHING = """syntax = "proto2";
package acme;
option java_package = "a.b"; // x = 1
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { optional int32 rank = 50001; }
message All {
  reserved 8, 9 to 12;
  optional int32 a = 1 [default = 7, (rank) = 3, deprecated = true];
  map<string, string> words = 2;
  oneof one { string b = 3; bytes c = 0x4; }
  optional group More = 5 { optional string d = 1 [default = "message x = 2; /* // "]; }
  enum Kind { option allow_alias = true; UNKNOWN = 0; NONE = 0; NEGATIVE = -1; }
  extensions 100 to 200 [verification = UNVERIFIED];
}
service Asking { rpc Ask (All) returns (stream All) { option deprecated = true; } }
"""


def test_a_file_declares_the_same_names_as_its_descriptor() -> None:
    document = Document("all.proto", EVERYTHING.replace(" [verification = UNVERIFIED]", ""), None)
    text = base64.b64encode(without_places(document, {})).decode()
    names = "rank all a words b c more d kind unknown none negative asking ask"
    assert declared(EVERYTHING) == declared(text) == {*names.split()}


@pytest.mark.parametrize("part", ["/*", '"', '"\\', "'\\'", "//", "[", "message "])
def test_what_is_never_closed_is_read_once(part: str) -> None:
    began = time.perf_counter()
    declared(part * (LONGEST // len(part)))
    assert time.perf_counter() - began < 2


def test_protobuf_is_among_the_types(ask: Http) -> None:
    assert {"AVRO", "JSON", "PROTOBUF"} <= set(ask("GET", "/schemas/types").json)


def test_what_changes_the_meaning_of_bytes_is_refused_with_the_reason(
    ask: Http, topic: str
) -> None:
    post(ask, f"/subjects/{topic}/versions", PARTY)
    found = post(ask, f"/subjects/{topic}/versions", PARTY.replace("string name", "int64 name"))
    assert found.status == 409
    assert "LAD225 Party.name" in found.json["message"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('syntax = "proto3"; message M { int32 a = 1; int32 b = 1; }', "already been used"),
        ('syntax = "proto3"; import "acme/party.proto"; message M {}', "LAD012"),
        ('syntax = "proto3"; import "/etc/passwd"; message M {}', "LAD012"),
        ('syntax = "proto3"; import "../../../etc/passwd"; message M {}', "LAD012"),
        ('{"type": "record"}', "LAD025"),
        ("QUJD", "LAD025"),
        ("message M {" * 5000, "LAD025"),
    ],
)
def test_what_cannot_be_compiled_is_refused(ask: Http, topic: str, text: str, said: str) -> None:
    """And nothing of the disk is in the answer."""
    found = post(ask, f"/subjects/{topic}/versions", text)
    assert found.status == 422
    assert found.json["error_code"] == 42201
    assert said in found.json["message"]
    assert "root:" not in found.json["message"]
    assert "/tmp" not in found.json["message"]


def test_a_name_that_leads_out_is_no_file(ask: Http, topic: str) -> None:
    """A reference is called what its author likes; nothing is written outside of a folder."""
    name = "../../escaped.proto"
    post(ask, f"/subjects/{topic}-party/versions", PARTY)
    text = f'syntax = "proto3"; import "{name}"; message M {{}}'
    used = {"name": name, "subject": f"{topic}-party", "version": 1}
    assert post(ask, f"/subjects/{topic}/versions", text, references=[used]).status == 422
