"""Apache's Avro for Python as a reader, where it is installed."""

from __future__ import annotations

import io
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.model.contract import Contract


class Tried(NamedTuple):
    """What a reader made of a message: a value, or what it had to say against it."""

    value: Any = None
    error: str = ""


UNTRIED: Final = Tried()
"""Nobody read it: the package is missing, or does not take the schemas or its own message."""


def by_apache(writer: Contract, reader: Contract) -> Callable[[bytes], Tried]:
    """Reads by `reader` what `writer` wrote."""
    try:
        import avro.io  # a package that we do not ask for: it is here where it is used anyway
    except ImportError:
        return lambda _: UNTRIED
    schemas = _parsed(writer), _parsed(reader)
    if None in schemas:
        return lambda _: UNTRIED

    def read(data: bytes, theirs: Any) -> Tried:
        decoder = avro.io.BinaryDecoder(io.BytesIO(data))
        try:
            return Tried(avro.io.DatumReader(schemas[0], theirs).read(decoder))
        except Exception as error:  # noqa: BLE001 - whatever the reader says is the answer
            return Tried(error=clipped(error))

    @cache
    def tried(data: bytes) -> Tried:
        return UNTRIED if read(data, schemas[0]).error else read(data, schemas[1])

    return tried


def _parsed(contract: Contract) -> Any:
    from avro.name import Names
    from avro.schema import make_avsc_object

    names, parsed = Names(), None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about logical types that it does not know
        for document in reversed(contract.documents):
            value: Any = document.value
            try:
                parsed = make_avsc_object(value, names)
            except Exception:  # noqa: BLE001 - it raises many kinds for what it does not take
                return None
    return parsed


def clipped(error: Exception) -> str:
    """What a library says, in one line that is not too long."""
    return " ".join(str(error).split())[:200] or type(error).__name__
