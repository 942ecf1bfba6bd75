"""Promises that hold against every earlier version: the registry knows them all, git knows one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import EVENT, SUBJECT, commit, edit, lading
from lading.registry.client import Client

if TYPE_CHECKING:
    from pathlib import Path

DOCK = {"name": "dock", "type": ["null", "string"], "default": None, "doc": "Which dock."}
NUMBER = {"name": "dock", "type": "int", "default": 0, "doc": "Which dock."}


def write(work: Path, *fields: dict[str, Any], doc: str) -> None:
    """The event with further fields and another text."""
    path = work / "contracts" / EVENT
    said = json.loads(path.read_text())
    said["fields"] = [each for each in said["fields"] if each["name"] != "dock"] + list(fields)
    path.write_text(json.dumps({**said, "doc": doc}, indent=2))


@pytest.fixture
def registered(repository: Path, server: str) -> Path:
    """Three versions in the registry; a field of the second is back with another type."""
    edit(repository / "contracts/lading.toml", 'event = "FULL"', 'event = "FULL_TRANSITIVE"')
    edit(repository / "contracts/lading.toml", "http://127.0.0.1:8081", server)
    for fields, doc in (((), "One."), ((DOCK,), "Two."), ((), "Three.")):
        write(repository, *fields, doc=doc)
        pushed = lading("push", cwd=repository)
        assert pushed.code == 0, pushed
    commit(repository, "three versions")
    write(repository, NUMBER, doc="Four.")
    return repository


def findings(work: Path, *words: str) -> list[str]:
    """Those that count, as check against the registry shows them."""
    found = lading("check", "--against", "registry", "--format", "json", *words, cwd=work)
    report = json.loads(found.out)
    shown = [e for each in report["verdicts"] for e in each["findings"] if e["forbidden"]]
    assert found.code == 1
    assert {each["against"] for each in shown} == {2}
    return [each["fingerprint"] for each in shown]


def waive(work: Path) -> None:
    words = ("--by", "b", "--until", "2099-06-30", "--reason", "r", "--against", "registry")
    for name in findings(work):
        waived = lading("waive", name, *words, cwd=work)
        assert waived.code == 0, waived


def test_every_version_of_the_registry_counts_as_push_counts_them(registered: Path) -> None:
    """Check refuses what push refuses, and calls it by the same name."""
    refused = lading("push", cwd=registered)
    assert refused.code == 1
    assert "compared with version 2" in refused.out

    shown = lading("check", "--against", "registry", cwd=registered).out
    assert "since:  version 2; it stands against that version alone" in shown

    said = re.findall(r"finding ([0-9a-f]{12})", refused.out)
    assert said
    assert sorted(findings(registered)) == sorted(said)
    assert sorted(findings(registered, "--promise", "FULL_TRANSITIVE")) == sorted(said)


def test_without_a_transitive_promise_the_latest_version_counts_alone(registered: Path) -> None:
    """The same change passes where only the latest version is asked about."""
    words = ("check", "--against", "registry", "--promise", "FULL")
    assert lading(*words, cwd=registered).code == 0


def test_a_finding_against_an_older_version_can_be_waived(registered: Path) -> None:
    """The entry lets check and push pass, and neither baseline calls it unneeded."""
    waive(registered)

    against = lading("check", "--against", "registry", cwd=registered)
    assert against.code == 0, against
    assert " waived" in against.out
    assert "LAD042" not in against.out
    assert "LAD044" not in against.out
    with_git = lading("check", "--against", "HEAD", cwd=registered)
    assert with_git.code == 0, with_git
    assert "LAD042" not in with_git.out
    pushed = lading("push", cwd=registered)
    assert pushed.code == 0, pushed
    again = lading("check", "--against", "registry", cwd=registered)
    assert again.code == 0, again
    assert "no changes in 4 contracts" in again.out


def test_git_says_that_it_knows_one_version_only(registered: Path) -> None:
    """One line on stderr, where a promise asks for more than the baseline has."""
    found = lading("check", "--against", "HEAD", cwd=registered)

    assert found.code == 0, found
    lines = [line for line in found.err.splitlines() if "transitive" in line]
    assert lines == [
        "1 transitive promise held against that version alone: --against registry knows the others"
    ]
    words = ("check", "--against", "HEAD", "--promise", "FULL")
    assert "transitive" not in lading(*words, cwd=registered).err


def test_an_entry_for_another_contract_is_known_to_be_for_nothing(registered: Path) -> None:
    """Git keeps silent about entries of transitive promises, and about no others."""
    waive(registered)
    path = registered / "contracts/policies/waivers.yaml"
    path.write_text(path.read_text().replace(SUBJECT, "taxonomies.shipment.status.v1"))

    assert "LAD042" in lading("check", "--against", "HEAD", cwd=registered).out


def test_a_client_gets_all_live_versions_of_one_subject(registered: Path, server: str) -> None:
    """Oldest first, and those of subjects that begin alike are not among them."""
    assert registered.is_dir()
    client = Client(server)
    history = client.fetch_history(SUBJECT)
    assert [each.version for each in history] == [1, 2, 3]
    assert {each.subject for each in history} == {SUBJECT}
    assert client.fetch_history(SUBJECT[:-1]) == ()
