"""Where registered contracts are kept."""

from lading.registry.store.audit import Action, Entry, Head
from lading.registry.store.protocol import Deleted, Reading, Store, Writing
from lading.registry.store.records import (
    WHOLE,
    Append,
    Content,
    Indexed,
    Moved,
    Part,
    Sought,
    Subject,
    Token,
    Use,
    Version,
)
from lading.registry.store.sqlite import SqliteStore

__all__ = [
    "WHOLE",
    "Action",
    "Append",
    "Content",
    "Deleted",
    "Entry",
    "Head",
    "Indexed",
    "Moved",
    "Part",
    "Reading",
    "Sought",
    "SqliteStore",
    "Store",
    "Subject",
    "Token",
    "Use",
    "Version",
    "Writing",
]
