"""What can go wrong while a package is generated.

::

    LadingError
    └── CodegenError                 the contracts cannot be rendered faithfully and safely
"""

from __future__ import annotations

from lading.model.errors import LadingError


class CodegenError(LadingError):
    """The contracts cannot become a package; says which contract, why, and what to change."""
