"""What a person may set about a registry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lading.model.contract import Compatibility
from lading.registry.auth.access import NOTHING_SAID, Access
from lading.registry.auth.rates import UNLIMITED, Rates

MEBIBYTE: Final = 1024 * 1024
BEHIND_A_PROXY: Final = 5.0
"""Seconds that a proxy has to notice that a replica leaves."""


class Auth(StrEnum):
    """Who is let in."""

    OFF = "off"
    """Everybody, and nobody is asked who they are."""
    TOKENS = "tokens"
    """Who has a token of the registry."""
    OIDC = "oidc"
    """Those, and whom the identity provider of the access file vouches for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one registry process."""

    database: str = "lading-registry.db"
    """A SQLite file, made when it is missing (its folder is not), or ``postgresql://...``."""
    host: str = "127.0.0.1"
    port: int = 8081
    """0: any free port; the address is told once the registry is ready."""
    compatibility: Compatibility = Compatibility.BACKWARD
    """The level of subjects that have none of their own, until ``PUT /config`` says otherwise."""
    incompatible_code: int = 40901
    """``error_code`` of a refused registration; 409 for clients older than Confluent 8.2."""
    insecure_bind: bool = False
    """Listen beyond this machine although nothing asks callers who they are."""
    auth: Auth = Auth.OFF
    access: Access = NOTHING_SAID
    """What callers may do beyond what their tokens say."""
    rates: Rates = UNLIMITED
    """Requests a second of one address, where nobody is asked who they are."""
    fast_path: bool = True
    """Answer reads that are ready before they are parsed (`lading.registry.http.fast`)."""
    judges: int = 0
    """Processes that judge beside this one (`lading.registry.judge`): none, or one."""
    max_body: int = 4 * MEBIBYTE
    """Bytes of one request; ``POST /api/v1/push`` may send four times as much."""
    max_head: int = 64 * 1024
    """Bytes of the first line and the headers of a request."""
    head_seconds: float = 10.0
    """Seconds that these may take to come, from the start of a connection or a request."""
    body_seconds: float = 30.0
    """Seconds of silence within a body."""
    connections: int = 0
    """Open at once; 0: three quarters of the files that may be open, 10,000 at most."""
    metrics_port: int = 0
    """A port of their own for the metrics, where nobody is asked who they are; 0: none."""
    access_log: bool = False
    """A line for each request; the short way of `fast_path` is not taken then."""
    proxies: str = ""
    """Addresses of proxies whose ``X-Forwarded-For`` is believed, between commas."""
    drain: float | None = None
    """Seconds for which requests are still taken after a stop was asked for."""

    @property
    def drains(self) -> float:
        """`drain`, or what fits where nothing is said: a proxy has to notice first."""
        if self.drain is None:
            return BEHIND_A_PROXY if self.proxies else 0.0
        return self.drain
