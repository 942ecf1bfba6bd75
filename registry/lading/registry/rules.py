"""Rule sets as Confluent's registry takes them: defaults written out, sets in order.

A rule that is left half said would have another guid there than here, and a client that knows only
Confluent's words would not read it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lading.registry.errors import InvalidRuleSet

JsonObject = dict[str, Any]

GROUPS: Final = ("migrationRules", "domainRules", "encodingRules")
MODES: Final = {
    "migrationRules": ("UPGRADE", "DOWNGRADE", "UPDOWN"),
    "domainRules": ("WRITE", "READ", "WRITEREAD"),
    "encodingRules": ("WRITE", "READ", "WRITEREAD"),
}
"""Group to the modes of its rules."""
KINDS: Final = ("TRANSFORM", "CONDITION")
"""The first is meant where nothing is said."""
TEXTS: Final = ("name", "doc", "kind", "mode", "type", "expr", "onSuccess", "onFailure")
RULE: Final = frozenset({*TEXTS, "tags", "params", "disabled"})
RULE_SET: Final = frozenset({*GROUPS, "enableAt"})
LONGEST: Final = 64
"""Characters of the name of a rule."""
_NAME: Final = re.compile(r"[^\W\d][\w-]*")
_BOTH: Final = ("WRITEREAD", "UPDOWN")
"""Modes with an action for each direction."""


def checked(value: JsonObject) -> JsonObject | None:
    """The rule set, with what is meant written out; `None` when nothing is in it.

    Raises:
        InvalidRuleSet: two rules with one name, or a rule that nobody could run.
    """
    found: JsonObject = {}
    taken: set[str] = set()
    for group in GROUPS:
        rules = value.get(group) or []
        if not isinstance(rules, list) or not all(isinstance(each, dict) for each in rules):
            raise InvalidRuleSet(f"'{group}' must be a list of objects")
        if rules:
            found[group] = [_rule(each, group, taken) for each in rules]
    if enable := _text(value, "enableAt"):
        found["enableAt"] = enable
    return found or None


def types_of(rules: JsonObject | None) -> set[str]:
    """The types of all rules of a set."""
    groups = ((rules or {}).get(name) or () for name in GROUPS)
    return {str(rule.get("type", "")) for group in groups for rule in group}


def edited(
    rules: JsonObject | None, merge: JsonObject | None, remove: list[str]
) -> JsonObject | None:
    """With the rules of `merge` in place of those of the same names, and some removed."""
    found: JsonObject = dict(rules or {})
    for group in GROUPS:
        new = (merge or {}).get(group) or []
        names = {each["name"] for each in new} | set(remove)
        kept = [each for each in found.get(group) or [] if each.get("name") not in names]
        found[group] = [*kept, *(each for each in new if each["name"] not in remove)]
    return {name: each for name, each in found.items() if each} or None


def _rule(rule: JsonObject, group: str, taken: set[str]) -> JsonObject:
    said = {name: text for name in TEXTS if (text := _text(rule, name)) is not None}
    name = _named(said.get("name"))
    if name in taken:
        raise InvalidRuleSet(f"Found rule with duplicate name '{name}'")
    taken.add(name)
    if not said.get("type"):
        raise InvalidRuleSet(f"Missing rule type of '{name}'")
    kind = said.setdefault("kind", KINDS[0])
    if kind not in KINDS:
        raise InvalidRuleSet(f"kind '{kind[:40]}' of '{name}' is not one of {', '.join(KINDS)}")
    mode = said.setdefault("mode", _BOTH[0])
    if mode not in MODES[group]:
        word = group.removesuffix("Rules").capitalize()
        raise InvalidRuleSet(f"{word} rules can only be {', '.join(MODES[group])}")
    for action in ("onSuccess", "onFailure"):
        if mode not in _BOTH and "," in said.get(action, ""):
            raise InvalidRuleSet(f"Multiple actions only valid with {' and '.join(_BOTH)}")
    return {key: each for key, each in (said | _rest(rule, name)).items() if each}


def _rest(rule: JsonObject, name: str) -> JsonObject:
    tags, params = rule.get("tags") or [], rule.get("params") or {}
    if not isinstance(tags, list) or not all(isinstance(each, str) for each in tags):
        raise InvalidRuleSet(f"the tags of '{name}' must be a list of strings")
    if not isinstance(params, dict) or not all(isinstance(e, str) for e in params.values()):
        raise InvalidRuleSet(f"the params of '{name}' must be an object of strings")
    if not isinstance(rule.get("disabled") or False, bool):
        raise InvalidRuleSet(f"'disabled' of '{name}' must be a boolean")
    return {
        "tags": sorted(set(tags)),
        "params": dict(sorted(params.items())),
        "disabled": rule.get("disabled") or False,
    }


def _named(name: str | None) -> str:
    if not name:
        raise InvalidRuleSet("Missing rule name")
    if len(name) > LONGEST:
        raise InvalidRuleSet("Rule name too long")
    if not _NAME.fullmatch(name):
        raise InvalidRuleSet(f"Illegal character in rule name: {name}")
    return name


def _text(value: JsonObject, name: str) -> str | None:
    found = value.get(name)
    if found is None or isinstance(found, str):
        return found
    raise InvalidRuleSet(f"'{name}' must be a string")
