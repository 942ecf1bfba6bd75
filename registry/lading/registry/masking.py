"""What auditors see of a change: properties that metadata calls sensitive are not spelt out.

A registration is logged by its identity alone; only metadata that a config adds is in the log as it
was set. The digests are of what is in the log, so an entry that is masked is verified by the server
and not by who reads it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lading.registry.store.audit import Action, payload

if TYPE_CHECKING:
    from lading.registry.store import Entry

MASK: Final = "***"


def shown(entry: Entry) -> str:
    """The payload of an entry, with a mask for what is sensitive."""
    if entry.action is not Action.SET:
        return entry.payload
    detail = entry.detail
    name, value = str(detail.get("name", "")), detail.get("value")
    if not name.endswith("Metadata") or not isinstance(value, str):
        return entry.payload
    metadata: dict[str, Any] = json.loads(value)
    hidden = set(metadata.get("sensitive") or ())
    properties = metadata.get("properties") or {}
    if not hidden.intersection(properties):
        return entry.payload
    metadata["properties"] = {k: MASK if k in hidden else v for k, v in properties.items()}
    text = json.dumps(metadata, sort_keys=True, ensure_ascii=False)
    return payload(**{**detail, "value": text})
