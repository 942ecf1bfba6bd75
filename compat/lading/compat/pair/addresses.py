"""Where operations are called: the path of a server and that of an operation are one URL."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.model.api import Api, Link, Operation, Response

ROOT: Final = "/"
_HOST: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?//[^/]*")


def as_in(old: Api, new: Api) -> Api:
    """`new` with what its servers and its paths say divided as in `old`, where that can be.

    ``https://a/v1`` with ``/x`` is called as ``https://a`` with ``/v1/x`` is.
    """
    before, after = _prefix(old), _prefix(new)
    if before is None or after is None or before == after:
        return new
    if before.startswith(f"{after}/"):
        return _moved_into_servers(new, before.removeprefix(after))
    if after.startswith(f"{before}/"):
        return _moved_into_paths(old, new, after.removeprefix(before))
    return new


def servers_of(urls: tuple[str, ...], others: tuple[str, ...]) -> dict[str, str]:
    """The servers as they are called, with how each is written.

    Where nothing is said it is as if ``/`` were (OpenAPI, Servers), as the other version may say.
    """
    found = {_called(url): url for url in urls}
    return found if others else {called: url for called, url in found.items() if called}


def answers_for(called: str, servers: Iterable[str]) -> bool:
    """Whether a URL is one that a server with variables may have; any text is a value of one."""
    patterns = (each for each in servers if "{" in each)
    return any(
        re.fullmatch("[^/]*".join(map(re.escape, _VARIABLE.split(each))), called)
        for each in patterns
    )


def _called(url: str) -> str:
    """A URL as it is called: the host is read in any case, its usual port goes without saying.

    RFC 3986, 6.2.2.1 and 6.2.3.
    """
    host = _HOST.match(url)
    if host is None or "{" in host[0]:
        return url.rstrip("/")
    name = host[0].lower()
    for scheme, port in _USUAL.items():
        name = name.removesuffix(port) if name.startswith(scheme) else name
    return f"{name}{url[host.end() :]}".rstrip("/")


_USUAL: Final = {"http:": ":80", "https:": ":443", "ws:": ":80", "wss:": ":443"}
_VARIABLE: Final = re.compile(r"\{[^{}]*\}")


def _prefix(api: Api) -> str | None:
    """The path that all servers have; `None`: they differ in it, or an operation has its own."""
    found = {_HOST.sub("", url, count=1).rstrip("/") for url in api.servers or (ROOT,)}
    own = any(each.servers for each in api.operations)
    return None if own or len(found) != 1 else found.pop()


def _moved_into_servers(api: Api, prefix: str) -> Api:
    called = [each for each in api.operations if not each.webhook]
    if not called or not all(each.path.startswith(f"{prefix}/") for each in called):
        return api
    return replace(
        api,
        servers=tuple(f"{url.rstrip('/')}{prefix}" for url in api.servers or (ROOT,)),
        operations=tuple(_elsewhere(each, prefix, "") for each in api.operations),
    )


def _moved_into_paths(old: Api, new: Api, prefix: str) -> Api:
    """Only where the other version has it in its paths; else it is another server."""
    if not any(each.path.startswith(f"{prefix}/") for each in old.operations if not each.webhook):
        return new
    return replace(
        new,
        servers=tuple(url.rstrip("/").removesuffix(prefix) or ROOT for url in new.servers),
        operations=tuple(_elsewhere(each, "", prefix) for each in new.operations),
    )


def _elsewhere(operation: Operation, gone: str, came: str) -> Operation:
    if operation.webhook:
        return operation
    return replace(
        operation,
        path=f"{came}{operation.path.removeprefix(gone)}",
        written_path=f"{came}{operation.written_path.removeprefix(gone)}",
        responses=tuple(_with_links(each, gone, came) for each in operation.responses),
    )


def _with_links(response: Response, gone: str, came: str) -> Response:
    return replace(
        response, links=tuple(_led_elsewhere(each, gone, came) for each in response.links)
    )


def _led_elsewhere(link: Link, gone: str, came: str) -> Link:
    method, _, path = link.target.partition(" ")
    if not path.startswith("/"):
        return link
    return replace(link, target=f"{method} {came}{path.removeprefix(gone)}")
