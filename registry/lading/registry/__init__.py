"""The service that stores contracts and refuses the ones that break their readers.

The doors, each its own module so that a command pays only for what it opens:

``lading.registry.client``    `Client`: talk to a running registry (standard library only)
``lading.registry.serve``     `serve`: run one
``lading.registry.http``      `create_app`: the ASGI application over a store
``lading.registry.store``     `SqliteStore`, and the `Store` protocol
``lading.registry.service``   `Registry`: the use cases, without HTTP
"""
