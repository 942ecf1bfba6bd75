"""Where settings come from: defaults < file < environment < options.

One table drives them all: a setting ``metrics_port`` is the key ``metrics_port`` of the file, the
variable ``LADING_REGISTRY_METRICS_PORT``, and a line of ``docs/registry.md``.
"""

from __future__ import annotations

import difflib
import ipaddress
import math
import re
import tomllib
from collections import ChainMap
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Compatibility
from lading.registry.auth.access import NOTHING_SAID, read_access
from lading.registry.auth.rates import Rates
from lading.registry.errors import RegistryError
from lading.registry.settings import Auth, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FILE: Final = "lading-registry.toml"
"""Read where it is in the folder that the registry is started in."""
PREFIX: Final = "LADING_REGISTRY_"
CONFIG: Final = PREFIX + "CONFIG"
"""Names another file."""
_FROM_FILE: Final = "_FILE"
"""Behind the variable of a secret: the file that holds it."""
_LONGEST: Final = 64 * 1024
"""Bytes of a file that holds a secret."""
_PORTS: Final = 65535
_GIBIBYTE: Final = 1024 * 1024 * 1024
_KUBERNETES: Final = re.compile(r"(SERVICE_(HOST|PORT)|PORT_\d+_)")


class SettingsError(RegistryError):
    """A setting that is none, or has a value that cannot be meant: what, where, what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table."""

    name: str
    read: Callable[[object], Any]
    """The value of what a file, a variable or an option says; raises `ValueError` with what it
    should have been."""
    default: Any
    about: str
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper()

    def shown(self, value: Any) -> str:
        """The value as people may see it."""
        text = "" if value is None else str(getattr(value, "value", value))
        text = text.lower() if isinstance(value, bool) else text
        return masked(text) if self.is_secret else text


@dataclass(frozen=True, slots=True)
class Said:
    """A value, and who said so."""

    value: Any
    source: str


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    found = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
    if found is None or not isinstance(value, str):
        raise ValueError("true or false")
    return found


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        text = str(value)
        digits = not isinstance(value, bool) and re.fullmatch(r"\d{1,12}", text, re.ASCII)
        if not digits or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def _number(high: float) -> Callable[[object], float]:
    def read(value: object) -> float:
        wanted = ValueError(f"a number from 0 to {high:.0f}")
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise wanted
        try:
            found = float(value)
        except ValueError:
            raise wanted from None
        if not (math.isfinite(found) and 0 <= found <= high):
            raise wanted
        return found

    return read


def _one_of(*choices: Any) -> Callable[[object], Any]:
    words = {str(getattr(each, "value", each)).lower(): each for each in choices}

    def read(value: object) -> Any:
        found = words.get(str(getattr(value, "value", value)).lower())
        if found is None or isinstance(value, bool):
            raise ValueError(f"one of {', '.join(map(str, words))}")
        return found

    return read


def _networks(value: object) -> str:
    text = str(value).replace(" ", "")
    try:
        for each in filter(None, text.split(",")):
            ipaddress.ip_network(each)
    except ValueError:
        raise ValueError("addresses or networks between commas, as in 10.0.0.0/8") from None
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004 - all that is wrong is told in one way
    return text


def _place(value: object) -> str:
    return _text(str(value) if isinstance(value, Path) else value)


_USUAL: Final = Settings()
SETTINGS: Final = (
    Setting(
        "database",
        _text,
        _USUAL.database,
        "SQLite file, made when it is missing, or `postgresql://USER@HOST/NAME`",
        is_secret=True,
    ),
    Setting("host", _text, _USUAL.host, "address to listen on"),
    Setting("port", _whole(0, _PORTS), _USUAL.port, "port to listen on; 0 takes a free one"),
    Setting(
        "compatibility",
        _one_of(*Compatibility),
        _USUAL.compatibility,
        "level of subjects without one of their own",
    ),
    Setting(
        "error_code",
        _one_of(40901, 409),
        _USUAL.incompatible_code,
        "`error_code` of a refused registration; 409 for clients older than Confluent 8.2",
    ),
    Setting(
        "insecure_bind",
        _flag,
        _USUAL.insecure_bind,
        "listen beyond this machine although nobody is asked who they are",
    ),
    Setting("auth", _one_of(*Auth), _USUAL.auth, "who is let in: `off`, `tokens` or `oidc`"),
    Setting("access", _place, None, "access file (TOML): grants, identity provider, rates"),
    Setting(
        "reads_per_second",
        _number(1e9),
        _USUAL.rates.reads,
        "reads of one address where nobody is asked who they are; 0: no limit",
    ),
    Setting("writes_per_second", _number(1e9), _USUAL.rates.writes, "the same of writes"),
    Setting("max_body", _whole(1024, _GIBIBYTE), _USUAL.max_body, "bytes of one request"),
    Setting("max_head", _whole(1024, 1 << 20), _USUAL.max_head, "bytes of the headers of one"),
    Setting(
        "head_seconds",
        _number(3600),
        _USUAL.head_seconds,
        "seconds in which these have to come; else the connection is closed",
    ),
    Setting(
        "body_seconds",
        _number(3600),
        _USUAL.body_seconds,
        "seconds of silence in the middle of a body; all of it has to come in 20 times as many",
    ),
    Setting(
        "connections",
        _whole(0, 1_000_000),
        _USUAL.connections,
        "open at once; 0: three quarters of the files a process may open, at most 10,000",
    ),
    Setting(
        "fast_path",
        _flag,
        _USUAL.fast_path,
        "answer what is ready before the request is parsed",
    ),
    Setting(
        "judges",
        _whole(0, 1),
        _USUAL.judges,
        "processes that judge beside the one that serves: 1 is quicker where there are two cores",
    ),
    Setting(
        "metrics_port",
        _whole(0, _PORTS),
        _USUAL.metrics_port,
        "a port for `/metrics` alone, open to whoever reaches it; 0: none",
    ),
    Setting("access_log", _flag, _USUAL.access_log, "a line on stderr for each request"),
    Setting(
        "proxies",
        _networks,
        _USUAL.proxies,
        "addresses of the proxies in front, whose `X-Forwarded-For` is believed",
    ),
    Setting(
        "drain",
        _number(3600),
        _USUAL.drain,
        "seconds of taking requests after a stop was asked for; else 5 behind a proxy, 0 without",
    ),
)
"""Every setting there is, in the order in which people ask for them."""
_TABLE: Final = {each.name: each for each in SETTINGS}


def gathered(
    options: Mapping[str, Any], *, config: Path | None = None, environment: Mapping[str, str]
) -> dict[str, Said]:
    """Every setting with its value and where that comes from.

    Args:
        options: by name, those that were given on the command line.
        config: the file, if one was named there.
        environment: usually ``os.environ``.

    Raises:
        SettingsError: an unknown setting, a value that is none, or a file that cannot be read.
    """
    options_ = {
        name: Said(_read(name, value, option), f"option {option}")
        for name, value in options.items()
        if value is not None and (option := "--" + name.replace("_", "-"))
    }
    layers = (
        options_,
        dict(_variables(environment)),
        dict(_from_file(config, environment)),
        {each.name: Said(each.default, "default") for each in SETTINGS},
    )
    found = ChainMap(*layers)
    return {each.name: found[each.name] for each in SETTINGS}


def settings_of(said: Mapping[str, Said]) -> Settings:
    """The settings of a process. Raises `AccessError` for an access file that is none."""
    values = {name: each.value for name, each in said.items()}
    access = values.pop("access")
    rates = Rates(values.pop("reads_per_second"), values.pop("writes_per_second"))
    return Settings(
        incompatible_code=values.pop("error_code"),
        access=read_access(Path(access)) if access else NOTHING_SAID,
        rates=rates,
        **values,
    )


def shown(said: Mapping[str, Said]) -> str:
    """A line for each setting: what it is, and who said so; secrets are masked."""
    lines = [(name, _TABLE[name].shown(each.value), each.source) for name, each in said.items()]
    names, values = (max(len(line[at]) for line in lines) for at in (0, 1))
    return "\n".join(
        f"{name:<{names}}  {value:<{values}}  {source}" for name, value, source in lines
    )


def masked(text: str) -> str:
    """An address of a database without the password that may be in it."""
    text = re.sub(r"(//[^:/@?]*):.*@", r"\1:***@", text)
    return re.sub(r"(password=)[^&\s]*", r"\1***", text, flags=re.IGNORECASE)


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, Said]]:
    for variable, value in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable == CONFIG:
            continue
        name = variable.removeprefix(PREFIX).lower()
        secret = name.removesuffix(_FROM_FILE.lower())
        if secret != name and secret in _TABLE and _TABLE[secret].is_secret:
            yield (
                secret,
                Said(_read(secret, _held(variable, value), variable), f"file of {variable}"),
            )
            continue
        if name not in _TABLE:
            raise _unknown(name, variable)
        yield name, Said(_read(name, value, variable), f"environment {variable}")


def _held(variable: str, place: str) -> str:
    try:
        with Path(place).open("rb") as file:
            return file.read(_LONGEST).decode("utf-8").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(
            f"{variable}={place}: {why}", hint="name a file that holds the value alone"
        ) from None


def _from_file(config: Path | None, environment: Mapping[str, str]) -> Iterator[tuple[str, Said]]:
    named = config or (Path(said) if (said := environment.get(CONFIG)) else None)
    path = named or Path(FILE)
    if named is None and not path.is_file():
        return
    for name, value in _parsed(path).items():
        if name not in _TABLE:
            raise _unknown(name, str(path))
        yield name, Said(_read(name, value, str(path)), f"file {path}")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{path}: {error.strerror}", hint="name a file that can be read with --config"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        # The message says the line, and never what stands in it.
        raise SettingsError(
            f"{path} is not TOML: {error}", hint='lines are name = "value"'
        ) from None


def _read(name: str, value: object, where: str) -> Any:
    setting = _TABLE[name]
    try:
        return setting.read(value)
    except ValueError as wanted:
        said = value.value if isinstance(value, Enum) else value
        told = "" if setting.is_secret else f", not {str(said)[:60]!r}"
        raise SettingsError(
            f"{where}: '{name}' is {wanted}{told}", hint=_next_step(name, value)
        ) from None


def _next_step(name: str, value: object) -> str:
    if str(value).startswith("tcp://"):
        return _LINKS
    default = _TABLE[name].shown(_TABLE[name].default)
    return f"leave it out for {default}" if default else "leave it out"


def _unknown(name: str, where: str) -> SettingsError:
    near = difflib.get_close_matches(name, _TABLE, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "lading serve --show-settings lists all"
    return SettingsError(
        f"{where}: there is no setting '{name[:60]}'",
        hint=_LINKS if _KUBERNETES.search(name.upper()) else hint,
    )


_LINKS: Final = (
    "Kubernetes sets such variables for a Service named lading-registry: say enableServiceLinks: "
    "false in the pod, or name the Service otherwise"
)
