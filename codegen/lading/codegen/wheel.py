"""A wheel from generated files, byte-identical wherever and whenever it is built."""

from __future__ import annotations

import base64
import hashlib
import io
import tomllib
import zipfile
from typing import TYPE_CHECKING, Any, Final

from lading.codegen.errors import CodegenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can hold."""
_UNIX: Final = 3
_MODE: Final = 0o100644 << 16


def build_wheel(files: Mapping[str, str | bytes], out: Path) -> Path:
    """Write the wheel of a generated project into the folder `out`; returns its path.

    Name, version and dependencies are read from the ``pyproject.toml`` among `files`. Stored, not
    deflated: what zlib makes of the same bytes depends on its build.
    """
    project = _project(files)
    package = project["name"].replace("-", "_")
    stem = f"{package}-{project['version']}"
    members = {
        path: _bytes(content) for path, content in files.items() if path.startswith(f"{package}/")
    }
    info = f"{stem}.dist-info"
    members |= {
        f"{info}/METADATA": _metadata(project, files).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: lading\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    members[record] = "".join([*_record(members), f"{record},,\n"]).encode()
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{stem}-py3-none-any.whl"
    path.write_bytes(_zip(members, last=record))
    return path


def _project(files: Mapping[str, str | bytes]) -> dict[str, Any]:
    try:
        text = _bytes(files["pyproject.toml"]).decode()
    except KeyError:
        raise CodegenError(
            "there is no pyproject.toml among the files", hint="pass what generate_python returned"
        ) from None
    project: dict[str, Any] = tomllib.loads(text)["project"]
    return project


def _metadata(project: dict[str, Any], files: Mapping[str, str | bytes]) -> str:
    head = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {each}" for each in project["dependencies"]),
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(head) + "\n\n" + _bytes(files.get("README.md", "")).decode()


def _record(members: Mapping[str, bytes]) -> Iterator[str]:
    for path in sorted(members):
        digest = base64.urlsafe_b64encode(hashlib.sha256(members[path]).digest()).rstrip(b"=")
        yield f"{path},sha256={digest.decode()},{len(members[path])}\n"


def _zip(members: Mapping[str, bytes], *, last: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(members, key=lambda path: (path == last, ".dist-info/" in path, path)):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = _MODE
            archive.writestr(entry, members[path])
    return buffer.getvalue()


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
