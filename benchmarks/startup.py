"""CPU time of the `lading` command as CI and editors feel it, beside a bare Python start.

Child CPU time (user + system), commands interleaved in each round, medians. Ratios carry over to
other machines, milliseconds do not. Run it with the project's own interpreter: `make bench`.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 15
ROOT = Path(__file__).parents[1]
CONTRACT = "contracts/common/Quantity.avsc"
WORKSPACE = '[workspace]\nname = "one"\ntitle = "One contract"\n'


def cpu_ms(command: list[str], cwd: Path) -> float:
    """User and system milliseconds of one run of `command`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def commands() -> dict[str, list[str]]:
    lading = str(Path(sys.executable).parent / "lading")
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "lading --version": [lading, "--version"],
        "lading check, one Avro contract": [lading, "check", "new"],
        "lading check --against, one changed": [lading, "check", "new", "--against", "old"],
    }


def workspace(folder: Path, field: str) -> None:
    """A workspace of one contract, with an optional field called `field`."""
    (folder / "common").mkdir(parents=True)
    (folder / "lading.toml").write_text(WORKSPACE)
    contract = json.loads((ROOT / CONTRACT).read_text())
    contract["fields"].append({"name": field, "type": ["null", "string"], "default": None})
    (folder / CONTRACT.removeprefix("contracts/")).write_text(json.dumps(contract, indent=2))


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in commands()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace(folder / "old", "note")
        workspace(folder / "new", "remark")
        for number in range(ROUNDS + 1):
            for label, command in commands().items():
                took = cpu_ms(command, folder)
                if number:  # the first round warms the byte-code and page caches
                    times[label].append(took)
    bare = statistics.median(times["python -c pass"])
    print(f"Start-up, {ROUNDS} rounds, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print("| command | CPU ms, median | lowest | times a bare start |\n|---|---|---|---|")
    for label, took in times.items():
        median = statistics.median(took)
        print(f"| `{label}` | {median:.0f} | {min(took):.0f} | {median / bare:.1f} |")


if __name__ == "__main__":
    main()
