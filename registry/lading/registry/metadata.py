"""How `Terms` travel in ``metadata.properties``: ``lading.owner`` and so on."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from lading.model.contract import Compatibility, Lifecycle, Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "lading."
PROMISE: Final = "lading.promise"
_SLA: Final = "lading.sla."
_PLAIN: Final = tuple(
    each.name for each in fields(Terms) if each.name not in {"lifecycle", "promise", "sla"}
)


def properties(terms: Terms) -> dict[str, str]:
    """What differs from `Terms()`, as ``lading.*`` properties."""
    found = {PREFIX + name: getattr(terms, name) for name in _PLAIN}
    found[PREFIX + "lifecycle"] = terms.lifecycle.value
    found[PROMISE] = terms.promise.value if terms.promise else ""
    found |= {_SLA + name: value for name, value in terms.sla.items()}
    plain = {PREFIX + "lifecycle": Terms().lifecycle.value, PREFIX + "audience": Terms().audience}
    return {key: value for key, value in sorted(found.items()) if value and value != plain.get(key)}


def terms(properties: Mapping[str, str]) -> Terms:
    """The reverse of `properties`; words this version does not know are left out."""
    plain = {name: properties[PREFIX + name] for name in _PLAIN if PREFIX + name in properties}
    lifecycle = properties.get(PREFIX + "lifecycle", "")
    return Terms(
        **plain,
        lifecycle=Lifecycle(lifecycle) if lifecycle in list(Lifecycle) else Lifecycle.ACTIVE,
        promise=promise(properties),
        sla={
            key.removeprefix(_SLA): value
            for key, value in properties.items()
            if key.startswith(_SLA)
        },
    )


def promise(properties: Mapping[str, str]) -> Compatibility | None:
    """The promise in it, if there is one we know."""
    word = properties.get(PROMISE, "")
    return Compatibility(word) if word in list(Compatibility) else None
