"""Talk to a running registry. Standard library only: commands pay for what they import."""

from __future__ import annotations

import http.client
import json
import os
import ssl
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from lading.governance.decisions import NOTHING, Decisions
from lading.model.contract import Compatibility, Kind, Reference, Subject
from lading.model.settings import REGISTRY
from lading.registry import metadata
from lading.registry.errors import RegistryError
from lading.registry.proposals import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from lading.model import Workspace
    from lading.model.contract import Contract, Terms

TIMEOUT: Final = 60.0
"""Seconds without a byte before a call is given up."""
_PAGE: Final = 1000
"""Contracts, or versions, that are asked for at once."""


class Unreachable(RegistryError):  # noqa: N818  says what is wrong already
    """Nobody answers at the address."""


class Answered(RegistryError):  # noqa: N818  likewise
    """The registry answered with an error. `status` is HTTP's, `code` the API's."""

    def __init__(self, message: str, *, status: int, code: int, hint: str = "") -> None:
        self.status = status
        self.code = code
        super().__init__(message, hint=hint)


@dataclass(frozen=True, slots=True)
class Registered:
    """One version as the registry knows it."""

    subject: str
    version: int
    id: int
    guid: str
    kind: Kind
    text: str
    references: tuple[Reference, ...]
    terms: Terms


@dataclass(frozen=True, slots=True)
class PushResult:
    """What became of one contract of a push."""

    subject: str
    outcome: str
    """As of `Pushed`: only what is ``registered`` or ``unchanged`` is there."""
    version: int
    id: int
    """0 for what is not there."""
    messages: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        return self.outcome in ACCEPTED


def token_from_environment() -> str:
    """The token in ``LADING_TOKEN``, or in the file that ``LADING_TOKEN_FILE`` names; else none.

    Raises:
        RegistryError: the file cannot be read.
    """
    if token := os.environ.get("LADING_TOKEN", "").strip():
        return token
    if not (place := os.environ.get("LADING_TOKEN_FILE", "")):
        return ""
    try:
        return Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise RegistryError(
            f"LADING_TOKEN_FILE={place}: {why}", hint="name a file that holds the token alone"
        ) from None


def token_for(url: str) -> str:
    """The token of the environment, if it is meant for this registry.

    What a file in a repository names does not decide where a secret goes: beyond this machine the
    environment has to name the registry too.

    Raises:
        RegistryError: there is a token, and ``LADING_REGISTRY`` does not name this registry.
    """
    token = token_from_environment()
    home = os.environ.get("LADING_REGISTRY", "")
    if not token or _origin(home) == _origin(url) or (not home and _is_here(url)):
        return token
    said = f"it is for {home}" if home else "nothing says that it is for that one"
    raise RegistryError(
        f"the token in the environment is not sent to {url}: {said}",
        hint=f"set LADING_REGISTRY={url} beside it, if you trust that registry",
    )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual


def _is_here(url: str) -> bool:
    return _origin(url)[1] in {"localhost", "127.0.0.1", "::1"}


class Client:
    """One registry, by its base URL.

    `token` says who is calling; by default `token_for` says. It is sent to this address alone:
    redirects are not followed.
    """

    def __init__(
        self, url: str = REGISTRY, *, timeout: float = TIMEOUT, token: str | None = None
    ) -> None:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RegistryError(
                f"'{url}' is not the address of a registry", hint=f"for instance {REGISTRY}"
            )
        self.url = url.rstrip("/")
        self._parts = parts
        self._timeout = timeout
        self._token = token_for(self.url) if token is None else token
        if not (self._token.isascii() and self._token.isprintable()):
            raise RegistryError("the token is not one line of ASCII", hint="see LADING_TOKEN")

    def subjects(self, prefix: str = "") -> list[str]:
        """Names of the live subjects, in order."""
        names: list[str] = self._call("GET", "/subjects?" + urlencode({"subjectPrefix": prefix}))
        return names

    def versions(self, subject: str) -> list[int]:
        """Live version numbers, oldest first."""
        numbers: list[int] = self._call("GET", f"/subjects/{_quoted(subject)}/versions")
        return numbers

    def schema(self, subject: str, version: int | str = "latest") -> Registered:
        """One version."""
        path = f"/subjects/{_quoted(subject)}/versions/{version}"
        return _registered(self._call("GET", path))

    def register(
        self,
        subject: str,
        text: str,
        *,
        kind: Kind = Kind.AVRO,
        references: Sequence[Reference] = (),
        terms: Terms | None = None,
    ) -> Registered:
        """Register one schema, or find the version that holds it."""
        body = _proposal(text, kind, references, terms)
        found = self._call("POST", f"/subjects/{_quoted(subject)}/versions", body)
        return _registered({**found, "subject": subject})

    def check(
        self,
        subject: str,
        text: str,
        *,
        kind: Kind = Kind.AVRO,
        references: Sequence[Reference] = (),
        terms: Terms | None = None,
    ) -> tuple[str, ...]:
        """Why the registry would refuse it; empty when it would not."""
        path = f"/compatibility/subjects/{_quoted(subject)}/versions?verbose=true"
        found = self._call("POST", path, _proposal(text, kind, references, terms))
        return () if found["is_compatible"] else tuple(found.get("messages") or ("incompatible",))

    def push(
        self,
        contracts: Iterable[Contract],
        *,
        dry_run: bool = False,
        promise: Callable[[Contract], Compatibility | None] = lambda each: each.terms.promise,
        decisions: Decisions = NOTHING,
    ) -> list[PushResult]:
        """Register all contracts or none; a dry run judges them and stores nothing.

        They are sent in the order of their references, and each refers to the version that its
        dependency has after the push. `promise` says what to record for a contract, so that the
        registry judges by what the workspace promises (see `promises_of`); `decisions` are the
        waivers and meanings that let a finding pass. A refused push is a result, not an exception:
        look at `PushResult.accepted`.
        """
        ordered = in_order(by_subject(contracts))
        body = {"contracts": [_entry(each, promise(each)) for each in ordered], **_said(decisions)}
        try:
            found = self._call("POST", f"/api/v1/push?dryRun={str(dry_run).lower()}", body)
        except _RefusedPush as refused:
            return [_result(each) for each in refused.results]
        return [_result(each) for each in found["results"]]

    def latest(self, prefix: str = "") -> list[Registered]:
        """The newest version of every subject, page by page."""
        listed: list[Registered] = []
        asked = {"prefix": prefix, "limit": _PAGE}
        while True:
            found = self._call("GET", "/api/v1/contracts?" + urlencode(asked))
            listed += map(_registered, found["contracts"])
            if not found.get("next"):
                return listed
            asked["after"] = found["next"]

    def search(self, text: str, *, limit: int = 20, **also: str) -> dict[str, Any]:
        """A page of what is found by words; `also`: kind, owner, field, and after."""
        asked = {"q": text, "limit": limit, **{key: each for key, each in also.items() if each}}
        found: dict[str, Any] = self._call("GET", "/api/v1/search?" + urlencode(asked))
        return found

    def fetch_contracts(self, subjects: Iterable[str] | None = None) -> Iterator[Contract]:
        """The newest versions as contracts, ready to compare or to generate from."""
        wanted = None if subjects is None else set(subjects)
        latest = self.latest()
        known = {(each.subject, each.version): each for each in latest}
        if wanted is not None and (missing := wanted - {each.subject for each in latest}):
            raise _missing(missing, (each.subject for each in latest))
        for each in latest:
            if wanted is None or each.subject in wanted:
                yield self._contract(each, known)

    def fetch_history(self, subject: str) -> tuple[Contract, ...]:
        """All live versions of one subject as contracts, oldest first."""
        found = sorted(self._every(subject), key=lambda each: each.version)
        known = {(each.subject, each.version): each for each in found}
        return tuple(self._contract(each, known) for each in found)

    def _every(self, subject: str) -> Iterator[Registered]:
        """Its versions, a page at a time; subjects that begin alike come with them."""
        offset = 0
        while True:
            asked = {"subjectPrefix": subject, "offset": offset, "limit": _PAGE}
            page = self._call("GET", "/schemas?" + urlencode(asked))
            yield from (_registered(each) for each in page if each["subject"] == subject)
            offset += len(page)
            if len(page) < _PAGE:
                return

    def tokens(self) -> list[dict[str, Any]]:
        """All tokens, without their secrets; for admins, as all about tokens."""
        found: list[dict[str, Any]] = self._call("GET", "/api/v1/tokens")["tokens"]
        return found

    def create_token(
        self, name: str, grants: Sequence[Mapping[str, Any]], *, days: int
    ) -> dict[str, Any]:
        """Make one; ``token`` of the answer is told this once."""
        body = {"name": name, "grants": list(grants), "days": days}
        found: dict[str, Any] = self._call("POST", "/api/v1/tokens", body)
        return found

    def rotate_token(self, token_id: str, *, days: int, overlap: int) -> dict[str, Any]:
        """Make its successor; ``token`` of the answer is told this once."""
        path = f"/api/v1/tokens/{_quoted(token_id)}/rotate"
        found: dict[str, Any] = self._call("POST", path, {"days": days, "overlap": overlap})
        return found

    def end_token(self, token_id: str) -> dict[str, Any]:
        """End it now."""
        found: dict[str, Any] = self._call("DELETE", f"/api/v1/tokens/{_quoted(token_id)}")
        return found

    def _contract(self, found: Registered, known: dict[tuple[str, int], Registered]) -> Contract:
        from lading.model import read_contract

        references = {name: _document(each) for name, each in self._reached(found, known).items()}
        contract = read_contract(
            found.kind,
            _document(found),
            subject=Subject(found.subject),
            references=references,
            terms=found.terms,
        )
        return replace(
            contract,
            subject=Subject(found.subject),
            version=found.version,
            references=found.references,
        )

    def _reached(
        self, found: Registered, known: dict[tuple[str, int], Registered]
    ) -> dict[str, Registered]:
        reached: dict[str, Registered] = {}
        waiting = list(found.references)
        while waiting:
            reference = waiting.pop(0)
            if reference.name in reached:
                continue
            key = (str(reference.subject), reference.version)
            if key not in known:
                known[key] = self.schema(*key)
            reached[reference.name] = known[key]
            waiting += known[key].references
        return reached

    def _call(self, method: str, path: str, body: object | None = None) -> Any:
        secure = self._parts.scheme == "https"
        host, port = self._parts.hostname or "", self._parts.port
        connection = (
            http.client.HTTPSConnection(
                host, port, timeout=self._timeout, context=ssl.create_default_context()
            )
            if secure
            else http.client.HTTPConnection(host, port, timeout=self._timeout)
        )
        try:
            return self._exchange(connection, method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(
                f"no registry answers at {self.url} ({error or type(error).__name__})",
                hint="start one with `lading serve`, or name another with --registry",
            ) from error
        finally:
            connection.close()

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: object | None
    ) -> Any:
        headers = {"Accept": "application/vnd.schemaregistry.v1+json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/vnd.schemaregistry.v1+json"
        connection.request(method, self._parts.path.rstrip("/") + path, data, headers)
        response = connection.getresponse()
        return _understood(response.status, response.read(), self.url)


class _RefusedPush(Answered):
    """The answer of a push that was refused, with what became of each contract."""

    def __init__(self, message: str, *, status: int, code: int, results: list[Any]) -> None:
        self.results = results
        super().__init__(message, status=status, code=code)


def promises_of(workspace: Workspace) -> Callable[[Contract], Compatibility | None]:
    """What `Client.push` should record: the workspace's promises, filled in where terms are silent.

    An API without a promise of its own keeps none: its requests and responses have one each, and
    the registry's level means the same from the side of its clients.
    """
    return lambda each: each.terms.promise if each.kind is Kind.OPENAPI else workspace.promise(each)


def by_subject(contracts: Iterable[Contract]) -> Iterator[Contract]:
    """Contracts whose references name subjects, where files named files.

    Raises:
        RegistryError: a contract refers to a file that is not one of `contracts`.
    """
    every = list(contracts)
    subjects = {each.document.name: each.subject for each in every}
    for each in every:
        yield replace(each, references=tuple(_to_subjects(each, subjects)))


def _to_subjects(contract: Contract, subjects: Mapping[str, Subject]) -> Iterator[Reference]:
    """A ``$ref`` is read as (its text, the document behind it), in the same order."""
    if contract.kind is Kind.AVRO:
        yield from contract.references
        return
    for reference, document in zip(contract.references, contract.documents[1:], strict=False):
        if reference.subject != reference.name:
            yield reference
        elif document.name in subjects:
            yield replace(reference, subject=subjects[document.name])
        else:
            raise RegistryError(
                f"{contract.document.name} refers to {document.name}, which is not a contract",
                hint="put it under schemas/, so that it can be registered too",
            )


def in_order(contracts: Iterable[Contract]) -> list[Contract]:
    """What is referred to comes first; otherwise by subject.

    Raises:
        RegistryError: contracts refer to each other in a circle, which a registry cannot hold.
    """
    waiting = {each.subject: each for each in sorted(contracts, key=lambda each: each.subject)}
    done: dict[Subject, Contract] = {}
    for contract in list(waiting.values()):
        _place(contract, waiting, done, path=())
    return list(done.values())


def _place(
    contract: Contract,
    every: Mapping[Subject, Contract],
    done: dict[Subject, Contract],
    *,
    path: tuple[Subject, ...],
) -> None:
    if contract.subject in done:
        return
    if contract.subject in path:
        circle = " -> ".join((*path[path.index(contract.subject) :], contract.subject))
        raise RegistryError(
            f"contracts refer to each other in a circle: {circle}",
            hint="move the shared part into a contract of its own",
        )
    for reference in contract.references:
        if (target := every.get(reference.subject)) is not None:
            _place(target, every, done, path=(*path, contract.subject))
    done[contract.subject] = contract


def _said(decisions: Decisions) -> dict[str, Any]:
    """The entries as a push sends them; where they stand in a file is nobody's business there."""
    return {
        name: [
            {key: value for key, value in asdict(replace(each, at=None)).items() if value}
            for each in entries
        ]
        for name, entries in (("waivers", decisions.waivers), ("meanings", decisions.meanings))
        if entries
    }


def _entry(contract: Contract, promise: Compatibility | None) -> dict[str, Any]:
    references = [replace(each, version=0) for each in contract.references]
    terms = replace(contract.terms, promise=promise)
    body = _proposal(contract.document.text, contract.kind, references, terms)
    return {"subject": contract.subject, **body}


def _proposal(
    text: str, kind: Kind, references: Sequence[Reference], terms: Terms | None
) -> dict[str, Any]:
    body: dict[str, Any] = {"schema": text, "schemaType": kind.value}
    if references:
        body["references"] = [
            {"name": each.name, "subject": each.subject, "version": each.version or -1}
            for each in references
        ]
    if terms is not None:
        body["metadata"] = {"properties": metadata.properties(terms)}
    return body


def _registered(found: Mapping[str, Any]) -> Registered:
    return Registered(
        subject=found["subject"],
        version=found["version"],
        id=found["id"],
        guid=found.get("guid", ""),
        kind=Kind(found.get("schemaType", "AVRO")),
        text=found["schema"],
        references=tuple(
            Reference(each["name"], Subject(each["subject"]), each["version"])
            for each in found.get("references", ())
        ),
        terms=metadata.terms((found.get("metadata") or {}).get("properties") or {}),
    )


def _result(found: Mapping[str, Any]) -> PushResult:
    return PushResult(
        found["subject"],
        found["outcome"],
        found.get("version", 0),
        found.get("id", 0),
        tuple(found.get("messages", ())),
    )


def _document(found: Registered) -> Any:
    from lading.model import read_document
    from lading.registry.gate import syntax_of_text

    syntax = syntax_of_text(found.kind, found.text)
    return read_document(f"{found.subject}@{found.version}", found.text.encode(), syntax=syntax)


def _understood(status: int, body: bytes, url: str) -> Any:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if status < 300 and value is not None:  # noqa: PLR2004
        return value
    if not isinstance(value, dict) or "error_code" not in value:
        raise Answered(
            f"{url} answered with status {status}, but not as a registry does",
            status=status,
            code=status,
            hint="is it the address of a registry?",
        )
    message, code = str(value.get("message", "")), int(value["error_code"])
    if "results" in value:
        raise _RefusedPush(message, status=status, code=code, results=value["results"])
    raise Answered(
        f"the registry refused: {message}", status=status, code=code, hint=_HINTS.get(status, "")
    )


_HINTS: Final = {
    401: "set LADING_TOKEN to a token of the registry, or LADING_TOKEN_FILE to a file with it",
    429: "wait a moment, or ask for less at once",
}


def _missing(missing: Iterable[str], known: Iterable[str]) -> RegistryError:
    from difflib import get_close_matches

    first = min(missing)
    close = get_close_matches(first, list(known), n=1)
    return RegistryError(
        f"the registry has no subject '{first}'",
        hint=f"did you mean '{close[0]}'?" if close else "`lading push` brings contracts there",
    )


def _quoted(subject: str) -> str:
    return quote(subject, safe="")
