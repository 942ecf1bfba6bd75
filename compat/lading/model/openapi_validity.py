"""Whether an OpenAPI document is valid by its specification, asked of openapi-spec-validator.

That library fetches what references name and can take minutes over a small document. So it only
sees documents of a bounded size that refer to nothing outside themselves, in a process of its own
that is killed when its time is up.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

from lading.model.document import Place
from lading.model.errors import Problem
from lading.model.firewall import references
from lading.model.locate import locate
from lading.model.pointers import split
from lading.model.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import Document

MAX_TEXT: Final = 1024 * 1024
"""Largest document handed over, in characters of compact JSON."""
SECONDS: Final = 20.0
_MEMORY: Final = 1024 * 1024 * 1024
_WORKER: Final = f"""
import json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
except (ImportError, ValueError, OSError):
    pass  # no such limit on this system; the time limit still holds
import openapi_spec_validator as library
spec = json.load(sys.stdin)
version = "2" if "swagger" in spec else str(spec["openapi"])[:3].replace(".", "")
kind = getattr(library, "OpenAPIV" + version + "SpecValidator")
errors = list(kind(spec).iter_errors())
found = [[list(each.absolute_path), each.message.splitlines()[0][:300]] for each in errors]
json.dump(found[:50], sys.stdout)
"""


def check_openapi(document: Document, *, seconds: float = SECONDS) -> Iterator[Problem]:
    """Yield what openapi-spec-validator finds wrong with `document`.

    `read_contract` does not ask it: it needs 1 to 5 s for a document of a hundred schemas. A
    document it cannot judge within `seconds`, or at all, yields a problem that says so.
    """
    if document.moved:  # a conversion: asked about is what was written
        document = read_document(document.name, document.text.encode())
    why = openapi_obstacle(document)
    if why:
        yield _undecided(document, why, "")
    else:
        yield from _ask(document, json.dumps(document.value), seconds)


def openapi_obstacle(document: Document) -> str:
    """Why `document` is not handed to the validator; empty when it can be."""
    if any(split(reference)[0] for reference, _ in references(document)):
        return "it refers to other documents, and is not one with them"
    if len(json.dumps(document.value)) > MAX_TEXT:
        return f"it is larger than {MAX_TEXT // 1024} KiB"
    return ""


def _ask(document: Document, text: str, seconds: float) -> Iterator[Problem]:
    import subprocess

    command = [sys.executable, "-I", "-W", "ignore", "-c", _WORKER]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own text
            command, input=text, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        hint = "fewer nested allOf make it faster"
        yield _undecided(document, f"that took more than {seconds:g} s", hint)
        return
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        yield _undecided(document, f"the validator stopped: {said}", "")
        return
    for path, message in json.loads(done.stdout):
        yield Problem("LAD022", message, locate(document, tuple(path)))


def _undecided(document: Document, why: str, hint: str) -> Problem:
    message = f"the document was not checked against the OpenAPI specification: {why}"
    return Problem("LAD022", message, Place(document.name), hint)
