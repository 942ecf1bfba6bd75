"""What a generated package drags in."""

from __future__ import annotations

import subprocess
import sys


def test_the_runtime_loads_neither_http_nor_avro_nor_any_other_part_of_lading() -> None:
    script = (
        "import sys; import lading.runtime; "
        "print([m for m in sys.modules if m.split('.')[0] in {'httpx2', 'fastavro'} "
        "or (m.startswith('lading.') and not m.startswith('lading.runtime'))])"
    )
    path = f"import sys; sys.path[:0] = {[p for p in sys.path if p]!r}; "
    done = subprocess.run(
        [sys.executable, "-c", path + script],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
