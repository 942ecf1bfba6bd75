"""A compiled Protobuf file is written as a .proto that compiles to the same."""

from __future__ import annotations

import base64

import pytest

from lading.model import Document, Syntax
from lading.model.protobuf import without_places
from lading.model.protoc import is_binary
from lading.model.protoprint import as_proto

SECOND = """syntax = "proto2";
package acme;
option java_package = "a.b";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { optional int32 rank = 50001; optional Said said = 50002; }
message Said { repeated string word = 1; optional Said more = 2; }
message All {
  reserved 8, 9 to 12; reserved "old", "older";
  required int32 a = 1 [default = -7, (rank) = 3, deprecated = true];
  optional bytes b = 20 [default = "\\001\\"x"];
  optional string c = 21 [default = "q\\n\\"é", (said) = { word: "\\"" word: "x" more: {} }];
  optional double d = 22 [default = -inf];
  optional Kind e = 23 [default = NEGATIVE];
  map<string, Said> words = 2;
  oneof one { string f = 3; bytes g = 0x4; }
  oneof other { int32 h = 30; group In = 31 { optional bool i = 1; } }
  repeated group More = 5 { optional All up = 1; }
  enum Kind { option allow_alias = true; UNKNOWN = 0; NONE = 0; NEGATIVE = -1; }
  extensions 100 to 200;
  extensions 1000 to max;
  extend All { optional Said j = 101; }
}
extend All { repeated int32 k = 102; }
service Asking {
  option deprecated = true;
  rpc Ask (All) returns (stream Said) { option deprecated = true; }
  rpc Tell (stream All) returns (Said);
}
"""
THIRD = """syntax = "proto3";
import public "google/protobuf/timestamp.proto";
import "confluent/meta.proto";
option optimize_for = CODE_SIZE;
message M {
  option (confluent.message_meta) = { doc: "x \\"y\\"" tags: "PII" };
  reserved 2, 5 to 9, 1000 to max;
  optional string s = 1 [json_name = "Ess"];
  repeated int32 p = 3 [packed = false];
  google.protobuf.Timestamp at = 4;
  oneof k { string a_b = 10; M m = 11; }
  optional int32 after = 12;
  string x_1y = 13; string _lead = 14;
  string Trail_ = 15 [(confluent.field_meta) = { tags: ["a", "b"], params: [{ key: "k" }] }];
  message Empty {}
  enum F { reserved -5 to -1, 7; reserved "Q"; F0 = 0; F1 = 1 [deprecated = true]; }
}
enum Top { option deprecated = true; T0 = 0; }
"""
EDITION = """edition = "2023";
package q;
option features.enum_type = CLOSED;
message M {
  int32 a = 1 [features.field_presence = IMPLICIT];
  string b = 2 [default = "x", features.field_presence = LEGACY_REQUIRED];
  reserved foo;
}
"""


def descriptor(text: str) -> str:
    document = Document("schema", text, None, Syntax.PROTO)
    return base64.b64encode(without_places(document, {})).decode()


@pytest.mark.parametrize("text", [SECOND, THIRD, EDITION], ids=["proto2", "proto3", "edition"])
def test_everything_that_a_file_may_say_is_written(text: str) -> None:
    """Nothing is left out, for else its descriptor would be another one, and be kept."""
    sent = descriptor(text)
    written = as_proto(Document("schema", sent, None, Syntax.PROTO), {})
    assert not is_binary(written)
    assert descriptor(written) == sent
