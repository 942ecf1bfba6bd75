"""What generated packages import at run time, on nothing but pydantic and the standard library."""

from lading.runtime.codes import Mapped, MappingQuality, map_or_reject, map_or_unknown
from lading.runtime.errors import ContractViolation, IllegalTransition, UnmappedCode
from lading.runtime.manifest import Manifest, PinnedContract, read_manifest
from lading.runtime.model import ContractModel
from lading.runtime.scalars import (
    EXACT,
    Bool,
    Bytes,
    Date,
    Float32,
    Float64,
    Int32,
    Int64,
    LocalTimestampMicros,
    LocalTimestampMillis,
    TimeMicros,
    TimeMillis,
    TimestampMicros,
    TimestampMillis,
    Uuid,
)
from lading.runtime.states import step

__all__ = [
    "EXACT",
    "Bool",
    "Bytes",
    "ContractModel",
    "ContractViolation",
    "Date",
    "Float32",
    "Float64",
    "IllegalTransition",
    "Int32",
    "Int64",
    "LocalTimestampMicros",
    "LocalTimestampMillis",
    "Manifest",
    "Mapped",
    "MappingQuality",
    "PinnedContract",
    "TimeMicros",
    "TimeMillis",
    "TimestampMicros",
    "TimestampMillis",
    "UnmappedCode",
    "Uuid",
    "map_or_reject",
    "map_or_unknown",
    "read_manifest",
    "step",
]
