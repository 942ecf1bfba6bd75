"""The one door for bytes from outside: what gets through is small, shallow, plain and UTF-8."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from lading.model.bounds import MAX_BYTES, MAX_DEPTH, MAX_NODES
from lading.model.document import Document, Place, Syntax
from lading.model.errors import ContractError, Problem
from lading.model.positions import line_and_column

if TYPE_CHECKING:
    from lading.model.document import JsonValue

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "read_document", "syntax_of"]

_JSON_SUFFIXES: Final = frozenset({".json", ".avsc", ".avro"})
_YAML_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_PROTO_SUFFIX: Final = ".proto"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPED: Final = re.compile(r"\\u[dD][89a-fA-F]")
_WIDE: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_document(
    name: str, data: bytes, *, syntax: Syntax | None = None, aliases: bool = False
) -> Document:
    """Read JSON or YAML safely; of a .proto, the text.

    Args:
        name: what to call the document; its suffix decides the syntax unless `syntax` is given. A
            name without a known suffix is JSON when the text starts with a bracket.
        data: UTF-8, at most 4 MiB, at most 100 levels deep; a byte order mark is dropped.
        syntax: overrides the suffix.
        aliases: whether YAML may have anchors, aliases, merge keys, and tags of what JSON can say,
            as that of others has.

    Raises:
        ContractError: broken, too large, too deep, duplicate keys, NaN, YAML tags that say more
            than JSON; and tags and aliases where there may be none.
    """
    text = _text(name, data)
    how = syntax or _syntax(name, text)
    if how is Syntax.PROTO:
        return Document(name, text, None, how)
    value = _value(name, text, how, aliases=aliases)
    _refuse_surrogates(name, text, value)
    return Document(name, text, value, how)


def syntax_of(name: str) -> Syntax:
    """JSON for ``.json`` and ``.avsc``, YAML for everything else but ``.proto``."""
    if PurePosixPath(name).suffix.lower() == _PROTO_SUFFIX:
        return Syntax.PROTO
    return Syntax.JSON if PurePosixPath(name).suffix.lower() in _JSON_SUFFIXES else Syntax.YAML


def _syntax(name: str, text: str) -> Syntax:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _JSON_SUFFIXES or suffix in _YAML_SUFFIXES or suffix == _PROTO_SUFFIX:
        return syntax_of(name)
    return Syntax.JSON if text.lstrip()[:1] in {"{", "["} else Syntax.YAML


def _value(name: str, text: str, syntax: Syntax, *, aliases: bool) -> JsonValue:
    if syntax is Syntax.JSON:
        from lading.model.json_reader import read_json

        return read_json(name, text)
    from lading.model.yaml_reader import read_yaml

    return read_yaml(name, text, aliases=aliases)


def _text(name: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        # Trees stop reading one byte past the limit, so the true size is not known here.
        raise _refused("LAD003", name, "the document has more than 4 MiB", hint="split it")
    if data[:2] in _WIDE:
        raise _refused("LAD002", name, "the document is UTF-16", hint="save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        at = line_and_column(before, len(before))
        raise _refused("LAD002", name, message, at=at, hint="save the file as UTF-8") from error
    if "\0" in text:
        at = line_and_column(text, text.index("\0"))
        raise _refused("LAD002", name, "the document holds a NUL character", at=at)
    return text


def _refuse_surrogates(name: str, text: str, value: JsonValue) -> None:
    """Half of a surrogate pair is legal in JSON and can be written nowhere."""
    escaped = _ESCAPED.search(text)
    if escaped and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        at = line_and_column(text, escaped.start())
        raise _refused("LAD002", name, "half of a surrogate pair is no character", at=at)


def _refused(
    code: str, name: str, message: str, *, at: tuple[int, int] = (1, 1), hint: str = ""
) -> ContractError:
    return ContractError([Problem(code, message, Place(name, *at), hint)])
