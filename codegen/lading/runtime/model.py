"""The base of every generated model."""

from __future__ import annotations

from importlib import resources
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class ContractModel(BaseModel):
    """A message or a part of one, exactly as its contract says.

    Immutable, and closed: a field the contract does not have is an error, and no value is converted
    beyond what JSON cannot spell itself. `model_dump_json` writes the names of the contract;
    `model_validate_json` reads them back.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        protected_namespaces=(),
        serialize_by_alias=True,
        ser_json_bytes="base64",
        use_attribute_docstrings=True,
        val_json_bytes="base64",
        validate_by_alias=True,
        validate_by_name=True,
    )

    __contract__: ClassVar[str] = ""
    """Full name of the type in its contract; the subject, where the type is a contract itself."""

    def to_avro_dict(self) -> dict[str, Any]:
        """The value that `fastavro` and confluent-kafka's `AvroSerializer` write.

        Names are those of the contract; decimals, times and UUIDs stay what they are in Python. A
        record in a union of several records comes as ``(full name, dict)``, so that the writer
        never has to guess the branch.
        """
        from lading.runtime.avro import written

        return written(self)

    @classmethod
    def from_avro_dict(cls, data: dict[str, Any]) -> Self:
        """Build the model from what an Avro reader returned.

        As Avro's schema resolution does, fields this version does not have are dropped, a symbol it
        does not have becomes the enum's default, and absent fields get theirs. Raises pydantic's
        `ValidationError` for everything else.
        """
        from lading.runtime.avro import read

        return cls.model_validate(read(cls, data))

    @classmethod
    def avro_schema(cls) -> str:
        """The Avro schema of the type as one self-contained JSON text.

        Raises `LookupError` when the type is a part only, not a contract of the package.
        """
        package, generated, _ = cls.__module__.partition(".models.")
        if generated:
            file = resources.files(package) / "schemas" / f"{cls.__contract__}.avsc"
            if file.is_file():
                return file.read_text(encoding="utf-8")
        raise LookupError(
            f"{cls.__contract__ or cls.__name__} is not an Avro contract of {package}"
        )
