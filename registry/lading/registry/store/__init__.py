"""Where registered contracts are kept."""

from lading.registry.store.protocol import Deleted, Reading, Store, Writing
from lading.registry.store.records import Content, Use, Version
from lading.registry.store.sqlite import SqliteStore

__all__ = ["Content", "Deleted", "Reading", "SqliteStore", "Store", "Use", "Version", "Writing"]
