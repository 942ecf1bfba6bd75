"""The document of the registry's own API: about every route, valid, and true."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis.generation import GenerationMode

from lading.compat import Outcome, compare
from lading.model import load_workspace
from lading.model.tree import FolderTree
from lading.registry.http.app import SERVED
from lading.registry.http.document import text
from registry.test_http import Http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCUMENT = yaml.safe_load(text())
OPERATIONS = [(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item]
schemathesis.serializer.alias("application/gzip", "application/octet-stream")
EXAMPLES = 5
"""Requests of each operation and of each sort: those that follow the document, and others."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of one's own: what is sent here may do anything to it."""
    from registry.conftest import running

    with running(tmp_path_factory.mktemp("openapi") / "registry.db") as (url, _):
        ask = Http(url)
        for subject in ("a", "b"):
            ask("POST", f"/subjects/{subject}/versions", {"schema": '"string"'})
        yield url


@pytest.fixture(scope="module")
def described(served: str) -> Any:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.config.update(base_url=served)
    return schema


def test_every_route_is_documented_and_nothing_else_is() -> None:
    served = {(each.method, each.path.replace(":segment", "")) for each in SERVED}
    assert served == set(OPERATIONS)


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_operations_have_names_and_errors_that_all_of_them_have() -> None:
    names = []
    for item in DOCUMENT["paths"].values():
        for operation in item.values():
            names.append(operation["operationId"])
            is_open = operation.get("security") == []
            always = {"429", "503"} | (set() if is_open else {"401"})
            assert always <= set(operation["responses"]), operation["operationId"]
    assert len(names) == len(set(names))


def test_it_is_a_contract_of_a_workspace_of_its_own_without_problems() -> None:
    from importlib.resources import files

    folder = files("lading.registry").joinpath("api")
    workspace = load_workspace(FolderTree(folder))  # type: ignore[arg-type]
    assert [str(each) for each in workspace.problems] == []
    (contract,) = workspace.contracts
    assert contract.subject == "apis.registry.v1"


def test_it_is_served_in_both_spellings_and_to_everybody(served: str) -> None:
    ask = Http(served)
    plain = ask("GET", "/api/v1/openapi.yaml")
    assert plain.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(plain.body) == DOCUMENT
    answer = ask("GET", "/api/v1/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == DOCUMENT
    again = ask("GET", "/api/v1/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status == 304


def test_a_route_that_is_taken_away_breaks_its_clients() -> None:
    less = {**DOCUMENT, "paths": dict(DOCUMENT["paths"])}
    del less["paths"]["/api/v1/search"]
    assert compare(DOCUMENT, DOCUMENT).outcome is Outcome.COMPATIBLE
    assert compare(DOCUMENT, less).outcome is Outcome.INCOMPATIBLE


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_whatever_is_sent_the_answer_is_one_that_is_documented(
    method: str, path: str, mode: GenerationMode, described: Any, served: str
) -> None:
    operation = described[path][method]
    documented = {int(each) for each in operation.definition.raw["responses"]}
    sent = examples(operation.as_strategy(generation_mode=mode))

    def answered(case: Any) -> None:
        headers = {"Accept": "application/json"} if path.endswith("/changes") else {}
        response = case.call(base_url=served, headers=headers, timeout=20)
        assert response.status_code < 500, (case.as_curl_command(), response.text)
        framework = {404, 405} if _leads_elsewhere(case) else set()
        assert response.status_code in documented | framework, (
            case.as_curl_command(),
            response.status_code,
            response.text,
        )

    with suppress(Unsatisfiable):  # where nothing can be wrong with a request
        sent(answered)()


def _leads_elsewhere(case: Any) -> bool:
    """Whether a path is no more the one of the operation: an empty part, a slash at its end."""
    parts = (case.path_parameters or {}).values()
    return any(str(each).strip("/") in {"", ".", ".."} for each in parts)


def examples(strategy: Any) -> Callable[[Any], Any]:
    few = settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    def tried(check: Callable[[Any], None]) -> Callable[[], None]:
        def one(case: Any) -> None:
            check(case)

        return few(given(case=strategy)(one))

    return tried
