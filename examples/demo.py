"""The main job from end to end, as `make demo` runs it: every step shows its command and its time.

Everything it makes is under build/demo/ (wiped at the start, ignored by git); the registry keeps
its SQLite file in a temporary folder and is ended at the end, whatever happens.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "demo"
PYTHON = sys.executable
LADING = str(Path(sys.executable).parent / "lading")
SAMPLES = Path("examples/samples")
START = time.monotonic()


class DemoError(Exception):
    """A step did not do what the story says it does."""


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print the heading of a step, and how long it took."""
    print(f"\n== {title}", flush=True)
    began = time.monotonic()
    yield
    print(f"   ({time.monotonic() - began:.1f} s)", flush=True)


def run(*command: str | Path, exits: int = 0, lines: int = 40) -> str:
    """Run `command` in the repository and show it; another exit code than `exits` ends the demo."""
    words = [str(word) for word in command]
    print(f"   $ {shown(words)}", flush=True)
    done = subprocess.run(
        words,
        cwd=ROOT,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "110"},
    )
    text = done.stdout.rstrip()
    rest = text.count("\n") + 1 - lines
    print(textwrap.indent("\n".join(text.splitlines()[:lines]), "     "), flush=True)
    if rest > 0:
        print(f"     ... {rest} more lines")
    if done.returncode != exits:
        raise DemoError(f"`{shown(words)}` ended with {done.returncode} where {exits} was expected")
    return done.stdout


def shown(words: list[str]) -> str:
    """The command as somebody would type it in the repository."""
    text = " ".join(words)
    for path, name in ((LADING, "lading"), (f"{PYTHON} ", "python "), (f"{ROOT}/", "")):
        text = text.replace(path, name)
    return text


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def registry(port: int) -> Iterator[str]:
    """A registry on a temporary SQLite file, ended when the block ends; gives its URL."""
    with tempfile.TemporaryDirectory(prefix="lading-demo-") as folder:
        command = [LADING, "serve", "--port", str(port), "--database", f"{folder}/registry.db"]
        print(f"   $ {shown(command)} &", flush=True)
        log = OUT / "registry.log"
        with log.open("w") as out:
            server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_until_it_answers(server, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(timeout=10)


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once GET /subjects answers; fail when the server ends or 30 s pass."""
    for _ in range(150):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/subjects")
            if connection.getresponse().status == http.client.OK:
                return
        time.sleep(0.2)
    raise DemoError(f"the registry did not start; its log says:\n{log.read_text()}")


def own_environment(wheel: Path) -> Path:
    """An adapter's environment with nothing but the SDK's wheel in it; gives its Python.

    The demo needs no network: what the wheel depends on (pydantic, httpx2, lading.runtime ...)
    is lent by the project's environment through a .pth file instead of being downloaded again.
    """
    run(PYTHON, "-m", "venv", "--without-pip", OUT / "adapter")
    python = OUT / "adapter" / "bin" / "python"
    (site,) = (OUT / "adapter" / "lib").glob("python3*/site-packages")
    (lent,) = (Path(sys.prefix) / "lib").glob("python3*/site-packages")
    (site / "lent.pth").write_text(f"import site; site.addsitedir({str(lent)!r})\n")
    pip = (PYTHON, "-m", "pip", "--python", python, "install", "--quiet")
    run(*pip, "--no-index", "--no-deps", wheel)
    return python


def adapters(python: Path) -> None:
    """The three systems, each with the same SDK."""
    with step("The warehouse closes a load: its own message becomes a ShipmentConfirmed"):
        event = run(python, "examples/wms_adapter.py", SAMPLES / "wms-shipment.json")
        (OUT / "shipment-confirmed.json").write_text(event)
    with step("The ERP posts goods issue from it, once"):
        erp = (python, "examples/erp_adapter.py", OUT / "shipment-confirmed.json")
        run(*erp, "--ledger", OUT / "ledger.json")
        run(*erp, "--ledger", OUT / "ledger.json")
    with step(
        "The carrier's X12 214s become what the customer sees; what comes late undoes nothing"
    ):
        sent = (SAMPLES / "carrier-214.edi", SAMPLES / "carrier-214-late.edi")
        run(python, "examples/portal_adapter.py", *sent)


def break_the_contracts(folder: Path) -> None:
    """Two edits as somebody in a hurry makes them: a field less, a status with a nicer name."""
    shutil.copytree(ROOT / "contracts", folder)
    line = folder / "entities" / "shipment" / "ShipmentLine.avsc"
    schema = json.loads(line.read_text())
    schema["fields"] = [f for f in schema["fields"] if f["name"] != "order_line_id"]
    line.write_text(json.dumps(schema, indent=2) + "\n")
    replace_in(folder / "taxonomies" / "shipment.status.yaml", "OUT_FOR_DELIVERY", "ON_THE_ROAD")
    milestones = folder / "taxonomies" / "shipment.milestone.yaml"
    replace_in(milestones, "advances_to: OUT_FOR_DELIVERY", "advances_to: ON_THE_ROAD")
    for path in folder.glob("mappings/*/*.yaml"):
        if "\ntaxonomy: shipment.status\n" in path.read_text():
            replace_in(path, " to: OUT_FOR_DELIVERY", " to: ON_THE_ROAD")


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace a text in a file."""
    path.write_text(path.read_text().replace(old, new))


def go_around(url: str, subject: str, field: str) -> None:
    """Register `subject` without `field` over plain HTTP; the registry has to refuse it."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("GET", f"/subjects/{subject}/versions/latest")
    known = json.loads(connection.getresponse().read())
    schema = json.loads(known["schema"])
    schema["fields"] = [each for each in schema["fields"] if each["name"] != field]
    body = json.dumps({"schema": json.dumps(schema), "references": known.get("references", [])})
    path = f"/subjects/{subject}/versions"
    print(f"   POST {path}")
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    message = json.loads(answer.read()).get("message", "")
    print(textwrap.indent(textwrap.fill(f"{answer.status} {message}", 105), "     "), flush=True)
    connection.close()
    if answer.status != http.client.CONFLICT:
        raise DemoError(f"the registry answered {answer.status} where 409 was expected")


def story() -> None:
    """Every step in order."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        with step("Start a registry on a temporary SQLite file"):
            url = stack.enter_context(registry(free_port()))
        with step("Push the contracts, and check the files against what the registry holds"):
            run(LADING, "push", "contracts", "--registry", url, lines=5)
            run(LADING, "check", "contracts", "--against", url)
        with step("Generate the Python SDK from the registry, and install it"):
            run(LADING, "gen", "python", "--registry", url, "--out", OUT / "sdk", "--wheel")
            (wheel,) = (OUT / "sdk").rglob("*.whl")
            python = own_environment(wheel)
        adapters(python)
        with step("Somebody removes a field that the ERP reads and renames a status: refused"):
            break_the_contracts(OUT / "changed")
            run(LADING, "check", OUT / "changed", "--against", "contracts", exits=1, lines=200)
            run(LADING, "push", OUT / "changed", "--registry", url, exits=1, lines=200)
        with step("Going around the command does not help: the gate is in the registry"):
            go_around(url, "logistics.shipment.v1.ShipmentLine", "order_line_id")
        with step("Build the docs site"):
            run(LADING, "docs", "build", "contracts", "--out", OUT / "site")
    print(f"\nDone in {time.monotonic() - START:.0f} s. Everything it made is in build/demo/:")
    print(f"  the site   {(OUT / 'site' / 'index.html').as_uri()}")
    print("             or `.venv/bin/lading docs serve contracts`")
    print("  the SDK    build/demo/sdk/")
    print("  the event  build/demo/shipment-confirmed.json")


if __name__ == "__main__":
    try:
        story()
    except (DemoError, subprocess.TimeoutExpired, OSError) as error:
        sys.exit(f"\nThe demo failed after {time.monotonic() - START:.0f} s: {error}")
