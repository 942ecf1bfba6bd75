"""What a generated package raises on purpose.

::

    ContractViolation                root; `str()` says what happened and what to do with it
    ├── IllegalTransition            a status may not follow the one the thing is in
    ├── ReaderOnlySymbol             UNKNOWN is what a reader sees; nobody writes it
    └── UnmappedCode                 a code its list does not have: a business exception

Values that break a schema raise pydantic's `ValidationError`, which already names field and reason.
"""

from __future__ import annotations


class ContractViolation(Exception):  # noqa: N818 - a violation of what was agreed, not a fault of the program
    """Root of what contracts forbid."""


class IllegalTransition(ContractViolation):
    """The taxonomy has no step from `current` to `target`."""

    def __init__(self, taxonomy: str, current: str, target: str, allowed: tuple[str, ...]) -> None:
        self.taxonomy = taxonomy
        self.current = current
        self.target = target
        self.allowed = allowed
        steps = ", ".join(allowed) if allowed else "nothing: it is a final state"
        super().__init__(
            f"{taxonomy}: {current} -> {target} is not allowed; from {current}: {steps}"
        )


class ReaderOnlySymbol(ContractViolation):
    """A symbol that stands for "newer than my schema" was about to be written.

    Who passes a message on keeps its bytes; who makes one knows the value, or leaves it out.
    """

    def __init__(self, enum: str, symbol: str) -> None:
        self.enum = enum
        self.symbol = symbol
        super().__init__(f"{enum}.{symbol} is what a reader sees; it is not written")


class UnmappedCode(ContractViolation):
    """A foreign code is not in the mapping, and the mapping rejects what it does not list.

    Park the message for a person; sending it again changes nothing.
    """

    def __init__(self, mapping: str, code: str) -> None:
        self.mapping = mapping
        self.code = code
        super().__init__(f"{mapping}: code {code!r} is not listed; add a row to the mapping")
