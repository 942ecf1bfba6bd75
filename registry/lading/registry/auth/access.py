"""The access file: what people and machines may do, who vouches for people, and how fast.

::

    [oidc]
    issuer = "https://id.example.com/realms/logistics"
    audience = "lading"
    jwks = "https://id.example.com/realms/logistics/protocol/openid-connect/certs"
    name = "sub"                       # the claim that says who somebody is
    groups = "realm_access.roles"      # the claim that says what they belong to

    [rates]                            # requests a second of one caller, 0: no limit
    reads = 1000
    writes = 50

    [[grants]]
    to = ["group:wms", "token:wms-ci", "oidc:3f1c..."]    # or "*": everybody who is known
    role = "writer"                    # or rights = ["SUBJECT_READ", ...]
    on = ["logistics.shipment.*"]
    # deny = true                      # wins over everything that allows
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lading.registry.auth.grants import Grant, Grants, grant_of
from lading.registry.auth.rates import Rates
from lading.registry.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lading.registry.auth.oidc import Oidc

EVERYBODY: Final = "*"
USUAL_RATES: Final = Rates(reads=1000.0, writes=50.0)
"""What one caller may ask for where callers are known and nothing else is said."""
_KINDS: Final = ("token:", "oidc:", "group:")


@dataclass(frozen=True, slots=True)
class Access:
    """What an access file says."""

    grants: tuple[tuple[str, Grant], ...] = ()
    """Each with whom it is given to."""
    oidc: Oidc | None = None
    rates: Rates = field(default=USUAL_RATES)

    def of(self, names: Iterable[str], own: Grants = Grants()) -> Grants:  # noqa: B008 - frozen
        """Everything that is granted to somebody of these names, beside what they bring."""
        wanted = {EVERYBODY, *names}
        return Grants((*own.every, *(grant for to, grant in self.grants if to in wanted)))


NOTHING_SAID: Final = Access()


def read_access(path: Path) -> Access:
    """Read an access file.

    Raises:
        AccessError: it cannot be read, or says what cannot be meant.
    """
    try:
        return access_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise AccessError(
            f"{path}: {error.strerror}", hint="name a file that can be read"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AccessError(f"{path} is not TOML: {error}") from None
    except AccessError as error:
        raise AccessError(f"{path}: {error.message}", hint=error.hint) from None


def access_of(said: dict[str, Any]) -> Access:
    """The same from a value."""
    _check_keys(said, {"oidc", "rates", "grants"}, "the file")
    grants = said.get("grants", [])
    if not isinstance(grants, list) or not all(isinstance(each, dict) for each in grants):
        raise AccessError("'grants' is a list of tables", hint="write [[grants]]")
    return Access(
        tuple(pair for each in grants for pair in _granted(each)),
        _oidc(said["oidc"]) if "oidc" in said else None,
        _rates(said.get("rates", {})),
    )


def _granted(entry: dict[str, Any]) -> Iterable[tuple[str, Grant]]:
    to = entry.get("to", [])
    names = [to] if isinstance(to, str) else to
    if not names or not isinstance(names, list):
        raise AccessError("a grant says 'to' whom", hint="for instance to = 'group:wms'")
    grant = grant_of({key: value for key, value in entry.items() if key != "to"})
    for each in names:
        if each != EVERYBODY and not str(each).startswith(_KINDS):
            raise AccessError(
                f"'{str(each)[:40]}' is nobody a grant is given to",
                hint=f"{', '.join(_KINDS)} and a name, or *",
            )
        yield str(each), grant


def _oidc(said: object) -> Oidc:
    from lading.registry.auth.oidc import Oidc, fetcher

    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise AccessError("'oidc' is a table of texts")
    needed, possible = {"issuer", "audience", "jwks"}, {"name", "groups"}
    _check_keys(said, needed | possible, "[oidc]")
    if missing := sorted(each for each in needed if not said.get(each)):
        raise AccessError(f"[oidc] says no {', '.join(missing)}")
    fetcher(said["jwks"])  # refuses a place that is not safe, at the start and not at the first use
    return Oidc(**said)


def _rates(said: object) -> Rates:
    if not isinstance(said, dict):
        raise AccessError("'rates' is a table of numbers")
    _check_keys(said, {"reads", "writes"}, "[rates]")
    for name, each in said.items():
        if isinstance(each, bool) or not isinstance(each, int | float) or not 0 <= each < 1e9:  # noqa: PLR2004
            raise AccessError(f"'{name}' is requests a second, 0 for no limit")
    return Rates(**{"reads": USUAL_RATES.reads, "writes": USUAL_RATES.writes, **said})


def _check_keys(said: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(said) - known):
        raise AccessError(
            f"{where} has no {', '.join(unknown)}", hint=f"it has {', '.join(sorted(known))}"
        )
