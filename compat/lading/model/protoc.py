"""Compiles .proto texts by Google's own compiler, in a process of its own that may be killed.

A document can be written by anybody, and the compiler is C++: it gets so much memory and so many
seconds, and a folder of its own in which there is nothing but the documents that were named. What
a file imports is found among them, or is one of those that Google and Confluent ship; anything else
is not there, whatever the disk holds.
"""

from __future__ import annotations

import base64
import binascii
import re
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lading.model.bounds import MAX_BYTES
from lading.model.confluent import CONFLUENT
from lading.model.document import Place
from lading.model.errors import ContractError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lading.model.document import Document

SECONDS: Final = 10
MEMORY: Final = 512 * 1024 * 1024
MOST: Final = 500
"""Files that one may lead to."""
EXTRA: Final = "pip install 'lading[protobuf]'"

_BINARY: Final = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
"""Base64, in which no .proto can be written: that has at least a semicolon."""
_IMPORT: Final = re.compile(r"""\bimport\s+(?:public\s+|weak\s+|option\s+)?["']([^"'\n]+)["']""")
_NAME: Final = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9_.@+-]+(?:/[A-Za-z0-9_.@+-]+)*")
_SAID: Final = re.compile(r"(?P<name>[^:]+):(?:(?P<line>\d+):(?P<column>\d+):)? (?P<what>.+)")
_MISSING: Final = re.compile(r'Import "(.+)" was not found')
_WORKER: Final = f"""
import sys
try:
    import resource
    for what, most in ((resource.RLIMIT_AS, {MEMORY}), (resource.RLIMIT_CPU, {SECONDS}),
                       (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))
except (ImportError, ValueError, OSError):
    pass  # no such limit on this system; that on time still holds
from grpc_tools import _protoc_compiler
sys.exit(_protoc_compiler.run_main([each.encode() for each in sys.argv[1:]]))
"""
_GOOGLE: Final = re.compile(r"google/(?:protobuf|type)/[a-z_]+\.proto")


def is_binary(text: str) -> bool:
    """Whether a text is no .proto but a ``FileDescriptorProto`` in base64, as clients send it."""
    return bool(_BINARY.fullmatch(text))


def imports(document: Document) -> list[str]:
    """What a .proto imports by a name that stays in a folder."""
    return [each for each in _IMPORT.findall(document.text) if _NAME.fullmatch(each)]


def compiled(document: Document, references: Mapping[str, Document]) -> tuple[bytes, ...]:
    """Compile a file with all that it imports.

    Returns:
        A serialized ``FileDescriptorProto`` for each file, after those that it imports; the last is
        the document's own.

    Raises:
        ContractError: it is not valid, imports what is not there, or takes too much.
    """
    from google.protobuf import descriptor_pb2

    main = _main(references)
    files = _closure(main, document, references)
    found = descriptor_pb2.FileDescriptorSet()
    found.ParseFromString(_run(main, files, document, references))
    if strays := {each.name for each in found.file} - files.keys():
        raise _refused(document, f"`{min(strays)}` is not among its references", code="LAD012")
    return tuple(each.SerializeToString(deterministic=True) for each in found.file)


def main_name(files: Iterable[Any]) -> str:
    """The name under which the document itself was compiled: the last of its files."""
    return str([each.name for each in files][-1])


def available() -> bool:
    """Whether the packages of the extra are there."""
    from importlib.util import find_spec

    return all(find_spec(each) for each in ("grpc_tools", "google.protobuf"))


def _main(references: Mapping[str, Document]) -> str:
    name = "default"  # as Confluent's clients call it
    while f"{name}.proto" in references:
        name = f"_{name}"
    return f"{name}.proto"


def _closure(
    main: str, document: Document, references: Mapping[str, Document]
) -> dict[str, str | bytes]:
    """Name to text, or to a serialized descriptor, of all that can be reached and is known."""
    found: dict[str, str | bytes] = {}
    waiting = [main]
    while waiting and len(found) < MOST:
        name = waiting.pop()
        if name in found or not _NAME.fullmatch(name):
            continue
        held = document if name == main else references.get(name)
        text = held.text if held else _shipped(name)
        if text is None:
            continue
        if is_binary(text):
            found[name], imports = _decoded(name, text, held or document)
        else:
            found[name], imports = text, _IMPORT.findall(text)
        waiting += imports
    return found


def _decoded(name: str, text: str, document: Document) -> tuple[bytes, list[str]]:
    from google.protobuf import descriptor_pb2
    from google.protobuf.message import DecodeError

    file = descriptor_pb2.FileDescriptorProto()
    try:
        file.ParseFromString(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, DecodeError) as error:
        message = "it is neither a .proto nor a FileDescriptorProto in base64"
        raise _refused(document, message) from error
    file.name = name
    return file.SerializeToString(deterministic=True), list(file.dependency)


@cache
def _shipped(name: str) -> str | None:
    """One of the files that come with the libraries; nobody else's."""
    if name in CONFLUENT:
        return CONFLUENT[name]
    if not _GOOGLE.fullmatch(name):
        return None
    from importlib.resources import files

    package = "grpc_tools" if name.startswith("google/protobuf/") else "google.type"
    inner = f"_proto/{name}" if package == "grpc_tools" else name.rpartition("/")[2]
    try:
        return files(package).joinpath(inner).read_text(encoding="utf-8")
    except (FileNotFoundError, ModuleNotFoundError):
        return None


def _run(
    main: str,
    files: Mapping[str, str | bytes],
    document: Document,
    references: Mapping[str, Document],
) -> bytes:
    import subprocess

    from google.protobuf import descriptor_pb2

    with tempfile.TemporaryDirectory(prefix="lading-proto-") as folder:
        root, sets = Path(folder, "in"), descriptor_pb2.FileDescriptorSet()
        root.mkdir()
        for name, held in files.items():
            if isinstance(held, bytes):
                sets.file.add().ParseFromString(held)
                continue
            path = root / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(held, encoding="utf-8")
            except OSError as error:  # one name is a folder of another
                raise _refused(document, f"`{name}` cannot be imported as it is called") from error
        Path(folder, "sets").write_bytes(sets.SerializeToString())
        out = Path(folder, "out")
        asked = [
            "protoc",
            f"--proto_path={root}",
            *([f"--descriptor_set_in={folder}/sets"] if sets.file else []),
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={out}",
            main,
        ]
        command = [sys.executable, "-I", "-W", "ignore", "-c", _WORKER, *asked]
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, names that were checked
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=root,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            message = f"it could not be compiled within {SECONDS} s"
            raise _refused(document, message, hint="make it smaller, or split it") from None
        if done.returncode == 0 and out.is_file():
            if out.stat().st_size > 4 * MAX_BYTES:
                raise _refused(document, "it comes to too much", hint="split it")
            return out.read_bytes()
        said = done.stderr.decode("utf-8", "replace")[:20_000].replace(f"{root}/", "")
    if done.returncode < 0 or not said.strip():
        raise _refused(document, "the compiler needs more than it may to read it")
    raise ContractError(_problems(said, main, document, references))


def _problems(
    said: str, main: str, document: Document, references: Mapping[str, Document]
) -> list[Problem]:
    """What the compiler says of files that were given to it; of nothing else."""
    found: list[Problem] = []
    for match in filter(None, map(_SAID.fullmatch, said.splitlines())):
        held = document if match["name"] == main else references.get(match["name"])
        what = match["what"].strip().rstrip(".")
        if held is None or what.startswith("warning:"):
            continue
        place = Place(held.name, int(match["line"] or 1), int(match["column"] or 1))
        missing = _MISSING.match(what)
        if missing is None:
            found.append(Problem("LAD025", what, place))
        elif missing[1] not in references:  # else what is wrong with it is said of it
            message = f"`{missing[1]}` is imported, and is not among its references"
            found.append(Problem("LAD012", message, place, "register it, and refer to it"))
    return list(dict.fromkeys(found))[:50] or [
        Problem("LAD025", "the compiler refuses it", Place(document.name))
    ]


def _refused(
    document: Document, message: str, *, hint: str = "", code: str = "LAD025"
) -> ContractError:
    return ContractError([Problem(code, message, Place(document.name), hint)])
