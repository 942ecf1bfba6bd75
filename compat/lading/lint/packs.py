"""How much each pack asks for: what strict refuses, others may only warn of, or leave.

``strict`` is for a shared library that partners build on. ``standard`` is for a team's contracts:
what keeps systems apart in meaning is refused, form is warned of. ``lenient`` is for taking in what
exists: only what makes data wrong is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.lint.base import Severity

if TYPE_CHECKING:
    from lading.lint.base import LintRule

_WARNED_IN_STANDARD: Final = frozenset(
    [
        "NAM-002",
        "NAM-005",
        "NAM-006",
        "DOC-001",
        "DOC-003",
        "EVO-009",
        "PII-006",
        "PII-007",
        "QUA-002",
        "ENV-006",
        "API-001",
        "API-003",
        "API-004",
        "API-006",
        "API-008",
        "LIC-001",
        "STA-005",
        "IDN-004",
        "OWN-003",
    ]
)
_REFUSED_IN_LENIENT: Final = frozenset(
    [
        "NAM-007",
        "OWN-002",
        "PII-003",
        "PII-008",
        "TIM-001",
        "TIM-003",
        "TIM-005",
        "NUM-001",
        "NUM-002",
        "NUM-003",
        "NUM-007",
        "IDN-001",
        "IDN-005",
        "STA-001",
        "MAP-001",
        "MAP-004",
        "MAP-007",
        "SEC-001",
        "OWN-004",
    ]
)
_WARNED_IN_LENIENT: Final = frozenset(
    [
        "ENU-001",
        "ENU-004",
        "API-010",
        "STA-002",
        "STA-003",
        "STA-004",
        "STA-006",
        "IDN-002",
        "IDN-003",
        "MAP-003",
        "MAP-005",
        "OWN-001",
        "PII-001",
        "PII-002",
        "ENV-001",
        "ENV-002",
        "EVO-004",
        "EVO-006",
        "NUM-004",
        "TIM-004",
    ]
)


def severity_in(pack: str, rule: LintRule) -> Severity:
    """What a finding of `rule` weighs in `pack`."""
    if pack == "strict":
        return rule.severity
    if pack == "standard":
        return Severity.WARN if rule.id in _WARNED_IN_STANDARD else rule.severity
    if rule.id in _REFUSED_IN_LENIENT:
        return rule.severity
    return Severity.WARN if rule.id in _WARNED_IN_LENIENT else Severity.OFF
