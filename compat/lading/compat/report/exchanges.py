"""Says a request or a response in a line, much as it is typed for curl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lading.compat.witness.base import Witness


def exchange(witness: Witness, body: str) -> str:
    """``POST /shipments?draft=true -H 'content-type: application/json' -d '{"weight": 1}'``.

    Args:
        witness: one of an API.
        body: its body as it is shown, whole or in part; empty: it has none.
    """
    value: Any = witness.value
    is_response = witness.kind == "response"
    first = f"{value['status']} to {_called(value['to'])}" if is_response else _called(value)
    parts = [first, *(f"-H {_quoted(f'{key}: {text}')}" for key, text in value["headers"].items())]
    parts += [f"-d {_quoted(body)}"] if body else []
    scopes = [each for listed in value.get("credentials", {}).values() for each in listed]
    return " ".join([*parts, f"(with the scope {', '.join(scopes)})"] if scopes else parts)


def below_body(path: tuple[str, ...]) -> tuple[str, ...]:
    """The steps of a path inside a body: after the part of the exchange and its media type."""
    for index, step in enumerate(path):
        if step == "body" or step.startswith("response "):
            return path[index + 2 :]
    return ()


def _called(value: Any) -> str:
    """``GET https://old.example.com/shipments/1``, ``POST webhook moved``."""
    method, path = value["method"], value["path"]
    if "callback" in value:
        return f"{method} callback {value['callback']} during {value['during']}"
    if "webhook" in value:
        return f"{method} webhook {value['webhook']}{path}"
    return f"{method} {value.get('server', '').removesuffix('/')}{path}"


def _quoted(text: str) -> str:
    """As one word of a shell."""
    inside = text.replace("'", "'\\''")
    return f"'{inside}'"
