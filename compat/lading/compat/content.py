"""For which messages a finding holds: what JSON objects carry, and what stands for what they lack.

Rules speak of the properties of JSON objects as `Content.LENIENT` has it, and to the letter of what
may stand beside them and of what excludes what. Here is what a policy makes of that. What one
policy forbids the stricter ones forbid as well. Within conditions (``not``, ``if`` ...) all schemas
mean what they say to the letter, under every policy; of alternatives that exclude each other, a
reader that passes over what is undeclared, or fills in what is missing, takes one that fits.

A free-form object, open and without a declared property (names that are only required declare
none), carries what it likes under each of them. So do properties for which there is a pattern, or a
schema for the rest: that declares them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from lading.compat.change import ChangeKind
from lading.compat.diff.overlap import declares_names_alone, meets_two
from lading.compat.diff.schemas import content_model, is_free_form
from lading.compat.effect import Effect
from lading.compat.pair.walk import resolve
from lading.compat.policy import Content
from lading.model.conditions import admits
from lading.model.names import may_be_about
from lading.model.schema import NO_DEFAULT, Anything, Array, Encoding, Field, Record, Union

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.compat.change import Change
    from lading.compat.policy import Policy
    from lading.compat.rules import Opinion
    from lading.model.document import JsonValue
    from lading.model.schema import Schema

    Types: TypeAlias = Mapping[str, Schema]


def carried_by(
    change: Change, said: Opinion, policy: Policy, types: tuple[Types, Types]
) -> Opinion:
    """What a change does to the messages that `policy` reckons with, and why.

    Args:
        change: the fact.
        said: what its rule says.
        policy: what objects carry, and whether defaults fill in.
        types: the named types of both versions, which defaults are held against.
    """
    if change.encoding is not Encoding.JSON or change.tested:
        return said
    if policy.defaults_fill:
        said = _filled(change, said, types)
    match policy.content:
        case Content.STRICT:
            return _to_the_letter(change, said)
        case Content.LENIENT:
            return _as_written(change, said)
        case Content.TOLERANT_READER:
            return _declared_only(change, _as_written(change, said))


# --- defaults that fill


def _filled(change: Change, said: Opinion, types: tuple[Types, Types]) -> Opinion:
    """A reader is not short of a required property for which it has a default.

    It is the reader of the version that requires it: the new one reads what was written before,
    the old one what is written from now on. It looks at the message first, and puts the default in
    then. Writers go by the letter of their own version, so that a default that comes or goes
    changes nothing, as in Avro.
    """
    field, missed, side = _missed(change)
    if field is None or field.default is NO_DEFAULT or not missed & said.effect:
        return said
    fits = _fits(field, types[side])
    if fits is False:
        return said
    why = "its default stands for it" if fits else "whether its default is valid is not decided"
    return replace(
        said,
        effect=said.effect & ~missed | (Effect.NONE if fits else Effect.UNKNOWN),
        reason=f"{said.reason} ({why})",
        fix=None if fits else said.fix,
    )


def _missed(change: Change) -> tuple[Field | None, Effect, int]:
    """The property that one side demands, what that does to messages, and which side it is."""
    old, new = (each if isinstance(each, Field) else None for each in (change.old, change.new))
    match change.kind:
        case ChangeKind.FIELD_ADDED if new and new.required and not _fills_up(change, new):
            return new, Effect.NARROWS, 1
        case ChangeKind.FIELD_REMOVED if old and old.required and not _fills_up(change, old):
            return old, Effect.WIDENS, 0
        case ChangeKind.FIELD_REQUIREDNESS if new and new.required:
            return new, Effect.NARROWS, 1
        case ChangeKind.FIELD_REQUIREDNESS:
            return old, Effect.WIDENS, 0
    return None, Effect.NONE, 0


def _fills_up(change: Change, field: Field) -> bool:
    """Whether it is a typed property beside a free-form object, which may carry anything there."""
    return is_free_form(_silent(change)) and not isinstance(field.schema, Anything)


def _fits(field: Field, types: Types) -> bool | None:
    """Whether the default is a value that the property may have; `None`: not decided."""
    schema, value = resolve(field.schema, types), field.default
    match schema, value:
        case Anything(), _:
            return True
        case Array(limits=limits), []:
            return not limits.min_items
        case Record(fields=fields, limits=limits), {}:
            empty = not value and not any(each.required for each in fields)
            return True if empty and not limits.min_properties else None
        case _, list() | dict():
            return None
    if isinstance(schema, Union):
        branches = tuple(resolve(each, types) for each in schema.branches)
        schema = replace(schema, branches=branches)
    return admits(schema, cast("JsonValue", value))


# --- what objects carry


def _silent(change: Change) -> Record:
    """The object that does not know the property or the pattern."""
    came = change.old is None
    return cast("Record", change.old_owner if came else change.new_owner)


def _to_the_letter(change: Change, said: Opinion) -> Opinion:
    """An open object takes anything under a name that it does not declare."""
    if change.kind is ChangeKind.FIELD_REQUIREDNESS:
        return _of_the_only_one(change, said)
    node = change.new or change.old
    if change.kind not in _ONE_SIDED or not isinstance(node, Field):
        return said
    silent = _silent(change)
    declared = may_be_about(dict(silent.patterns), node.name)
    if declared or isinstance(node.schema, Anything) or content_model(silent) != "anything":
        return said
    effect = said.effect | _ONE_SIDED[change.kind]
    if effect is said.effect:
        return said
    return replace(
        said,
        effect=effect,
        reason=f"{said.reason}, under whose name an open object takes anything",
        fix=f"let `{node.name}` be anything, or judge by `{Content.LENIENT}` "
        "where writers write declared properties only",
    )


def _of_the_only_one(change: Change, said: Opinion) -> Opinion:
    """An open object of a query is there without the one property that it declares."""
    demanded = cast("Field", change.new).required
    covered = change.covered_old if demanded else change.covered_new
    writer = change.old_owner if demanded else change.new_owner
    if not covered or content_model(cast("Record", writer)) != "anything":
        return said
    return replace(
        said,
        effect=said.effect | (Effect.NARROWS if demanded else Effect.WIDENS),
        reason=f"{said.reason} but one of properties that are not declared",
    )


_ONE_SIDED: Final[Mapping[ChangeKind, Effect]] = {
    ChangeKind.FIELD_ADDED: Effect.NARROWS,
    ChangeKind.FIELD_REMOVED: Effect.WIDENS,
}
"""What a typed property does to an open object that does not know it."""


def _as_written(change: Change, said: Opinion) -> Opinion:
    """Nobody writes what is not declared; who reads it minds what is there."""
    if change.kind is ChangeKind.CONTENT_MODEL:
        return _of_what_is_declared(change, said)
    return _of_one_alternative(change, said) if change.kind in _EXCLUSIVE else said


def _of_what_is_declared(change: Change, said: Opinion) -> Opinion:
    """What is accepted beside its fields is nothing to an open object, which carries those alone.

    Conditions around it may speak of other properties: whether those are carried, an example says.
    """
    sides = cast("Record", change.old), cast("Record", change.new)
    opened = next((each for each in sides if content_model(each) == "anything"), None)
    if opened is None or declares_names_alone(opened):
        return said
    if not change.spoken <= {each.name for side in sides for each in side.fields}:
        return replace(said, supposed=True)
    return replace(said, effect=Effect.NONE, reason=f"{said.reason} ({_UNWRITTEN})")


_UNWRITTEN: Final = "nobody writes what is not declared"


def _of_one_alternative(change: Change, said: Opinion) -> Opinion:
    """Alternatives exclude each other where no message carries what two of them ask for."""
    old, new = cast("Union", change.old), cast("Union", change.new)
    ways = [(old, new)] * new.exclusive + [(new, old)] * old.exclusive
    if any(meets_two(*each, change.slot, change.spoken) for each in ways):
        return said
    return replace(said, effect=Effect.NONE, reason=f"{said.reason}, and {_OF_ONE}")


_EXCLUSIVE: Final = frozenset({ChangeKind.EXCLUSIVITY, ChangeKind.OVERLAP})
_OF_ONE: Final = "nobody writes what two of them ask for"


def _declared_only(change: Change, said: Opinion) -> Opinion:
    """Nobody writes what is not declared, and nobody minds it."""
    effect = said.effect & ~_never_met(change)
    if effect is said.effect:
        return said
    return replace(said, effect=effect, reason=f"{said.reason} ({_IGNORED})")


_IGNORED: Final = f"{_UNWRITTEN}, and readers ignore it"


def _never_met(change: Change) -> Effect:
    """The effects that only undeclared properties have."""
    match change.kind:
        case ChangeKind.FIELD_ADDED:  # readers on the old version pass over it
            return Effect.WIDENS
        case ChangeKind.FIELD_REMOVED:
            return Effect.NARROWS
        case ChangeKind.CONTENT_MODEL:
            return _never_met_beside(cast("Record", change.old), cast("Record", change.new))
        case ChangeKind.NAME_PATTERN:
            silent = _silent(change)
            declares = content_model(silent) == "typed" or is_free_form(silent)
            return Effect.NONE if declares else Effect.REPLACES
    return Effect.NONE


def _never_met_beside(old: Record, new: Record) -> Effect:
    """What a free-form object carries has to answer to a schema for the rest."""
    free, typed = (is_free_form(old), is_free_form(new)), {content_model(old), content_model(new)}
    return Effect.NONE if any(free) and "typed" in typed else Effect.REPLACES
