"""The normal form of a Protobuf file: what is on its wire, in its JSON, and in generated code.

Spelling is gone here: features of editions, ``optional``, ``map<,>`` and groups are what they come
to, and extensions are fields of what they extend. Types have their names within the package
(``Order.Line``), those of other packages their full names after a dot. How lists of numbers are
packed is left out: parsers read both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lading.model.document import Origin

Numbers = tuple[tuple[int, int], ...]
"""Ranges, first and last included."""


@dataclass(frozen=True, slots=True)
class ProtoField:
    """One field of a message. Its number is what it is on the wire."""

    number: int
    name: str
    """An extension has its full name, in brackets."""
    type: str
    """``int32``, ``string`` ...; ``message``, ``group`` and ``enum`` say in `of` which."""
    of: str = ""
    """Name of a message or enum."""
    many: str = ""
    """``repeated``, ``map``, or empty."""
    required: bool = False
    explicit: bool = False
    """Outside of a oneof: whether readers see that a scalar was left out."""
    oneof: str = ""
    json_name: str = ""
    default: str = ""
    """What stands for it where it is left out, unless that is zero or empty."""
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def words(self) -> str:
        """In a few words: ``repeated int32``."""
        name = self.of.rpartition(".")[2] or self.type
        return f"{'required' if self.required else self.many} {name}".strip()


@dataclass(frozen=True, slots=True)
class ProtoMessage:
    """A message."""

    name: str
    fields: tuple[ProtoField, ...] = ()
    """By number."""
    reserved: Numbers = ()
    reserved_names: tuple[str, ...] = ()
    own: bool = field(default=True, compare=False)
    """Declared in the file itself for others to use: neither imported nor the entry of a map."""
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def words(self) -> str:
        """In a few words."""
        return f"message {self.name}"


@dataclass(frozen=True, slots=True)
class ProtoValue:
    """A number of an enum, with its names: more than one where ``allow_alias`` is set."""

    number: int
    names: tuple[str, ...]
    """The first is the one that is written in JSON."""
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def words(self) -> str:
        """In a few words: ``OPEN = 1``."""
        return f"{self.names[0]} = {self.number}"


@dataclass(frozen=True, slots=True)
class ProtoEnum:
    """An enum."""

    name: str
    values: tuple[ProtoValue, ...]
    """By number."""
    closed: bool = False
    """Readers pass over numbers that are not listed, as proto2 has it."""
    reserved: Numbers = ()
    reserved_names: tuple[str, ...] = ()
    own: bool = field(default=True, compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def words(self) -> str:
        """In a few words."""
        return f"enum {self.name}"


@dataclass(frozen=True, slots=True)
class ProtoMethod:
    """A method of a service."""

    name: str
    """With its service: ``Orders.Get``."""
    takes: str
    gives: str
    takes_many: bool = False
    gives_many: bool = False
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def words(self) -> str:
        """In a few words: ``stream Order to Receipt``."""
        sides = ((self.takes_many, self.takes), (self.gives_many, self.gives))
        return " to ".join(f"{'stream ' if many else ''}{name}" for many, name in sides)


@dataclass(frozen=True, slots=True)
class ProtoFile:
    """A file, with every message and enum that it declares or leads to."""

    package: str = ""
    syntax: str = "proto3"
    """``proto2``, ``proto3``, or the year of an edition."""
    messages: tuple[ProtoMessage, ...] = ()
    enums: tuple[ProtoEnum, ...] = ()
    methods: tuple[ProtoMethod, ...] = ()
    descriptors: bytes = field(default=b"", compare=False, repr=False)
    """A ``FileDescriptorSet``: what it imports, each before its use, and last the file itself."""
    at: Origin | None = field(default=None, compare=False, repr=False)

    def full(self, name: str) -> str:
        """The full name of a message or enum."""
        within = f"{self.package}.{name}" if self.package else name
        return name[1:] if name.startswith(".") else within
