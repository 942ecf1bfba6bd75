"""The catalogue. A rule is a function with a docstring; the docstring is its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.compat.rules import (
    enums,
    fields,
    lifecycle,
    links,
    mappings,
    meaning,
    operations,
    parameters,
    protobuf,
    responses,
    security,
    states,
    steps,
    taxonomies,
    times,
    types,
    undecided,
    unions,
)
from lading.compat.rules.base import Opinion, Rule, rules_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.compat.change import ChangeKind

_FAMILIES: Final = (
    fields,
    types,
    enums,
    unions,
    operations,
    lifecycle,
    parameters,
    responses,
    links,
    security,
    taxonomies,
    states,
    steps,
    times,
    mappings,
    meaning,
    protobuf,
    undecided,
)

ALL_RULES: Final = tuple(rule for family in _FAMILIES for rule in rules_in(family))
"""As declared; a test sees to it that no id and no kind of change is taken twice."""

RULES: Final[Mapping[str, Rule]] = {r.id: r for r in sorted(ALL_RULES, key=lambda r: r.id)}

RULE_FOR: Final[Mapping[ChangeKind, Rule]] = {kind: r for r in ALL_RULES for kind in r.on}

__all__ = ["ALL_RULES", "RULES", "RULE_FOR", "Opinion", "Rule"]
