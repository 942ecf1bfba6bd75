"""Levels and what else is set, modes, and contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from lading.registry.config import (
    FLAGS,
    LEVEL,
    NAMES,
    NOT_ENFORCED,
    OBJECTS,
    POLICIES,
    WORDS,
    Config,
    level_named,
    mode_named,
)
from lading.registry.errors import InvalidMode, InvalidPolicy
from lading.registry.http.answers import answer
from lading.registry.http.bodies import checked_metadata, checked_rules, flag, ignored, typed
from lading.registry.http.requests import (
    ask,
    body,
    change,
    context_named,
    page,
    registry,
    scope,
)
from lading.registry.http.served import Served
from lading.registry.metadata import check_promise
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

CONFIG: Final = frozenset({*NAMES, "compatibilityLevel"})


async def get_config(request: Request) -> Response:
    """``GET /config[/{subject}]``."""
    inherited = flag(request.query_params, "defaultToGlobal")
    found = await ask(request, registry(request).config, scope(request), inherited=inherited)
    return answer(request, _shown(found, "compatibilityLevel"))


async def put_config(request: Request) -> Response:
    """``PUT /config[/{subject}]``: null unsets, what is not named stays.

    The level goes by the name ``compatibility`` here.
    """
    sent = await body(request)
    changes = dict(_changes(sent))
    found = await change(request, registry(request).set_config, changes, scope=scope(request))
    headers = ignored(sent, CONFIG)
    idle = [name for name in NOT_ENFORCED if changes.get(name)]
    idle += [name for name in ("defaultRuleSet", "overrideRuleSet") if changes.get(name)]
    if idle:
        headers["Lading-Not-Enforced"] = ", ".join(idle)
    return answer(request, _shown(found, "compatibility"), headers=headers)


async def delete_config(request: Request) -> Response:
    """``DELETE /config[/{subject}]``; answers with what was set."""
    found = await change(request, registry(request).unset_config, scope(request))
    return answer(request, _shown(found, "compatibilityLevel"))


def _changes(sent: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for word in (LEVEL, "compatibilityLevel"):
        if word in sent:
            level = typed(sent, word, str)
            yield LEVEL, None if level is None else level_named(level).value
            break
    for name in FLAGS:
        if name in sent:
            yield name, typed(sent, name, bool)
    for name in WORDS:
        if name in sent:
            yield name, _word(name, typed(sent, name, str))
    for name in OBJECTS:
        if name in sent:
            given = typed(sent, name, dict)
            if name.endswith("Metadata"):
                checked = checked_metadata(given)
                check_promise(checked)
                yield name, checked
            else:
                yield name, checked_rules(given)


def _word(name: str, value: str | None) -> str | None:
    if not value:
        return None
    if name == "compatibilityPolicy" and value.upper() not in POLICIES:
        raise InvalidPolicy(value, POLICIES)
    return value.upper() if name == "compatibilityPolicy" else value


def _shown(config: Config, level: str) -> dict[str, Any]:
    found: dict[str, Any] = {level: config.level} if config.level else {}
    return found | dict(config.said)


async def get_mode(request: Request) -> Response:
    """``GET /mode[/{subject}]``."""
    inherited = flag(request.query_params, "defaultToGlobal")
    found = await ask(request, registry(request).mode, scope(request), inherited=inherited)
    return answer(request, {"mode": found})


async def put_mode(request: Request) -> Response:
    """``PUT /mode[/{subject}]``."""
    sent = await body(request)
    word = typed(sent, "mode", str)
    if "mode" not in sent:
        raise InvalidMode("")  # null unsets; nothing said is a mistake
    mode = await change(
        request,
        registry(request).set_mode,
        None if word is None else mode_named(word),
        scope=scope(request),
        force=flag(request.query_params, "force"),
    )
    return answer(request, {"mode": mode} if mode else {}, headers=ignored(sent, {"mode"}))


async def delete_mode(request: Request) -> Response:
    """``DELETE /mode[/{subject}]``; answers with what was set."""
    recursive = flag(request.query_params, "recursive")
    found = await change(request, registry(request).unset_mode, scope(request), recursive=recursive)
    return answer(request, {"mode": found})


async def contexts(request: Request) -> Response:
    """``GET /contexts``."""
    start = request.query_params.get("contextPrefix", "")
    found = await ask(request, registry(request).contexts)
    return answer(request, page(request, [each for each in found if each.startswith(start)]))


async def delete_context(request: Request) -> Response:
    """``DELETE /contexts/{context}``: one that has no subjects."""
    name = context_named(request.path_params["context"])
    await change(request, registry(request).delete_context, name)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


_RIGHTS: Final = (Right.SUBJECT_COMPATIBILITY_READ, Right.SUBJECT_COMPATIBILITY_WRITE)
SERVED: Final = (
    *(
        Served(method, path + suffix, handler, _RIGHTS[method != "GET"], On.SCOPE)
        for suffix in ("", "/{subject:segment}")
        for path, method, handler in (
            ("/config", "GET", get_config),
            ("/config", "PUT", put_config),
            ("/config", "DELETE", delete_config),
            ("/mode", "GET", get_mode),
            ("/mode", "PUT", put_mode),
            ("/mode", "DELETE", delete_mode),
        )
    ),
    Served("GET", "/contexts", contexts, Right.SUBJECT_READ, On.LIST),
    Served(
        "DELETE",
        "/contexts/{context:segment}",
        delete_context,
        Right.GLOBAL_COMPATIBILITY_WRITE,
    ),
)
