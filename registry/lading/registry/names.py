"""What a subject is called: its context, and its name in it.

Confluent writes a subject of another context than the default one as ``:.context:subject``. That
text is the subject's name everywhere here; `parse` gives each subject one spelling only.
"""

from __future__ import annotations

import re
from typing import Final

from lading.registry.errors import InvalidSubject

DEFAULT: Final = "."
"""The context of subjects whose name names none."""
GLOBAL: Final = ".__GLOBAL"
"""The scope of settings that hold in every context; no subject is in it."""
RESERVED: Final = frozenset({"__GLOBAL", "__EMPTY"})
"""Names that Confluent keeps for itself; other names may start like this, as topics do."""
ALL: Final = "*"
"""In a prefix: every context."""
MAX_NAME: Final = 512
"""Characters of a subject with its context."""

_CONTEXT: Final = re.compile(r"\.[A-Za-z0-9_.-]{0,127}", re.ASCII)
_QUALIFIED: Final = re.compile(r":([^:]*):(.*)", re.DOTALL)


def context_of(name: str) -> str:
    """The context that a subject is in; ``.`` is the default one."""
    return name[1 : name.index(":", 1)] if name.startswith(":") else DEFAULT


def bare(name: str) -> str:
    """The name within its context."""
    return name[name.index(":", 1) + 1 :] if name.startswith(":") else name


def qualified(context: str, name: str) -> str:
    """The full name of `name` as seen from `context`; one that says its context keeps it."""
    return name if name.startswith(":") or context == DEFAULT else f":{context}:{name}"


def parse(text: str) -> str:
    """The one spelling of a subject, or of a scope (``:.context:`` alone is a context's).

    Raises:
        InvalidSubject: no subject may be called so.
    """
    if len(text) > MAX_NAME:
        raise _invalid(text, f" It has {len(text)} characters, and {MAX_NAME} are the most.")
    found = _QUALIFIED.fullmatch(text)
    if found is None:
        context, name = DEFAULT, text
    else:
        context, name = found[1] or DEFAULT, found[2]
        if not _CONTEXT.fullmatch(context):
            raise InvalidSubject(
                f"'{context[:80]}' is not a context: it starts with a dot, and has letters, "
                "digits, dots, _ and - after it"
            )
    if name.startswith(":") or not name.isprintable():
        raise _invalid(text)
    return qualified(context, name)


def subject(text: str) -> str:
    """The one spelling of a subject.

    Raises:
        InvalidSubject: as `parse`, and for names without a subject in them.
    """
    name = parse(text)
    own = bare(name)
    if not own.strip() or own in RESERVED or context_of(name) == GLOBAL:
        raise _invalid(text)
    return name


def prefix(text: str) -> tuple[str | None, str]:
    """(context, start of the names in it) of a prefix as callers write it; `None`: all contexts."""
    if not text.startswith(":"):
        return DEFAULT, text
    context, _, start = text[1:].partition(":")
    return (None if context == ALL else context or DEFAULT), start


def _invalid(text: str, why: str = "") -> InvalidSubject:
    return InvalidSubject(f"The specified subject '{text[:80]}' is not a valid subject.{why}")
