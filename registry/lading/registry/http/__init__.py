"""The REST surface: Confluent's, and our own beside it under ``/api/v1``."""

from lading.registry.http.app import create_app

__all__ = ["create_app"]
