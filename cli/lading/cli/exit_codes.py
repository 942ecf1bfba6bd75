"""What the command's exit code says. Stable: scripts depend on it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """0 and 1 are answers; 2 and 3 say that there is none."""

    CLEAN = 0
    """Nothing to object to."""
    FINDINGS = 1
    """Problems in documents, or a promise that would be broken."""
    USAGE = 2
    """The command or its settings are wrong, so that nothing else it says can be relied on."""
    UNDECIDED = 3
    """Could not decide: a baseline or registry cannot be read, or a change is not decidable."""
