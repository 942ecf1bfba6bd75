"""What can go wrong in a command, beyond what the library says.

::

    LadingError
    ├── UsageProblem                 the arguments make no sense; exit code 2
    └── Undecidable                  there is nothing to decide from; exit code 3
"""

from __future__ import annotations

from lading.model.errors import LadingError


class UsageProblem(LadingError):  # noqa: N818  says what is wrong already
    """The arguments do not fit together, or name something that is not there."""


class Undecidable(LadingError):  # noqa: N818  says what is wrong already
    """The baseline or the registry cannot be read, so there is no answer."""
