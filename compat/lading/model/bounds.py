"""How large a document may be: the limits that hold before anything is parsed."""

from typing import Final

MAX_BYTES: Final = 4 * 1024 * 1024
"""Largest document; the largest published OpenAPI documents have about 8 MB, contracts have not."""
MAX_DEPTH: Final = 100
"""Deepest nesting of lists and objects; every walk below recurses safely within it."""
MAX_NODES: Final = 400_000
"""Most values in one document."""
MAX_INTEGER: Final = 2**64
"""Whole numbers stay below it: JSON and YAML readers elsewhere round or refuse larger ones."""
MAX_REPORTED: Final = 50
"""Most problems of one document that its reader lists; the rest repeat them."""
