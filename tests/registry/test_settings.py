"""Settings: who may say what, who wins, and what is said of a mistake."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import lading
from lading.registry.errors import RegistryError
from lading.registry.settings import Settings
from lading.registry.sources import FILE, SETTINGS, gathered, masked, settings_of, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCS = Path(__file__).parents[2] / "docs"


def said(
    folder: Path, file: str = "", environment: Mapping[str, str] | None = None, **options: Any
) -> dict[str, tuple[Any, str]]:
    path = folder / FILE
    path.write_text(file)
    found = gathered(options, config=path, environment=environment or {})
    return {name: (each.value, each.source.split()[0]) for name, each in found.items()}


def test_options_win_over_the_environment_that_over_the_file_and_that_over_what_is_usual(
    tmp_path: Path,
) -> None:
    found = said(
        tmp_path,
        'port = 1\nhost = "h"\nmax_body = 2048\n',
        {"LADING_REGISTRY_PORT": "2", "LADING_REGISTRY_HOST": "e", "HOME": "/"},
        port=3,
        access_log=None,
    )

    assert found["port"] == (3, "option")
    assert found["host"] == ("e", "environment")
    assert found["max_body"] == (2048, "file")
    assert found["access_log"] == (False, "default")


def test_every_setting_reaches_the_registry() -> None:
    usual = settings_of(gathered({}, environment={}))
    names = {each.name for each in SETTINGS} - {"reads_per_second", "writes_per_second"}

    assert usual == Settings()
    assert names - {"error_code"} | {"incompatible_code", "rates"} == {
        each.name for each in fields(Settings)
    }


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("prot = 1", "there is no setting 'prot'"),
        ("port = 65536", "a whole number from 0 to 65535, not '65536'"),
        ("port = true", "a whole number"),
        ("port = 1.5", "a whole number"),
        ('access_log = "yes"', "true or false"),
        ('auth = "maybe"', "one of off, tokens, oidc"),
        ('compatibility = "SOMETIMES"', "one of none, backward"),
        ("drain = -1", "a number from 0"),
        ("drain = nan", "a number from 0"),
        ('proxies = "proxy.example.com"', "10.0.0.0/8"),
        ("host = 7", "a text"),
        ("database = 7", "'database' is a text"),
        ("port = ", "is not TOML"),
        ("[server]\nport = 1", "there is no setting 'server'"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_next_step(
    tmp_path: Path, file: str, words: str
) -> None:
    with pytest.raises(RegistryError) as caught:
        said(tmp_path, file)

    assert words in caught.value.message
    assert str(tmp_path / FILE) in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("LADING_REGISTRY_PROT", "1", "did you mean 'port'"),
        ("LADING_REGISTRY_PORT", "tcp://10.0.0.1:8081", "enableServiceLinks"),
        ("LADING_REGISTRY_SERVICE_HOST", "10.0.0.1", "enableServiceLinks"),
        ("LADING_REGISTRY_PORT_8081_TCP", "x", "enableServiceLinks"),
        ("LADING_REGISTRY_DRAIN", "soon", "leave it out"),
    ],
)
def test_variables_that_mean_nothing_are_refused(variable: str, value: str, words: str) -> None:
    with pytest.raises(RegistryError) as caught:
        gathered({}, environment={variable: value})

    assert variable in caught.value.message
    assert words in caught.value.hint


def test_words_and_numbers_are_read_alike_from_a_file_and_from_the_environment(
    tmp_path: Path,
) -> None:
    file = said(tmp_path, 'auth = "TOKENS"\ndrain = 2\nfast_path = false\nerror_code = 409\n')
    variables = said(
        tmp_path,
        environment={
            "LADING_REGISTRY_AUTH": "tokens",
            "LADING_REGISTRY_DRAIN": "2",
            "LADING_REGISTRY_FAST_PATH": "0",
            "LADING_REGISTRY_ERROR_CODE": "409",
        },
    )

    assert {name: each[0] for name, each in file.items()} == {
        name: each[0] for name, each in variables.items()
    }


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "dsn").write_text("postgresql://a:s3cret@db/x\n")
    variable = {"LADING_REGISTRY_DATABASE_FILE": str(tmp_path / "dsn")}
    found = gathered({}, environment=variable)

    assert found["database"].value == "postgresql://a:s3cret@db/x"
    assert "s3cret" not in shown(found)
    with pytest.raises(RegistryError, match="No such file"):
        gathered({}, environment={"LADING_REGISTRY_DATABASE_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://a:s3cret@db/x",
        "postgresql://a:s3cr:et@et@db/x",
        "postgresql://a:s3cret/with/slashes@db/x",
        "postgresql://db/x?user=a&password=s3cret&sslmode=require",
        "postgresql://a:s3cret@/x?host=/run/postgresql",
    ],
)
def test_a_password_is_never_shown(text: str) -> None:
    assert "s3cr" not in masked(text)
    assert "***" in masked(text)


def test_what_is_no_address_is_shown_as_it_is() -> None:
    for text in ("registry.db", "/var/lib/lading/registry.db", "postgresql://a@db:5432/x"):
        assert masked(text) == text


def test_the_settings_are_shown_with_who_said_so_and_nothing_is_started(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('port = 0\ndatabase = "postgresql://a:s3cret@db/x"\n')
    found = lading("serve", "--show-settings", "--host", "::1", cwd=tmp_path)

    assert found.code == 0, found
    lines = {line.split()[0]: line for line in found.out.splitlines()}
    assert sorted(lines) == sorted(each.name for each in SETTINGS)
    assert lines["host"].endswith("option --host")
    assert lines["port"].endswith(f"file {FILE}")
    assert lines["auth"].endswith("default")
    assert "s3cret" not in found.out + found.err
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_a_mistake_in_the_file_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("prot = 1\n")
    found = lading("serve", "--config", "other.toml", cwd=tmp_path)

    assert found.code == 2
    assert "other.toml: there is no setting 'prot'" in found.err
    assert "did you mean 'port'?" in found.err


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    found = lading("serve", "--config", "none.toml", cwd=tmp_path)

    assert found.code == 2
    assert "none.toml" in found.err


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_every_setting_is_on_its_page(setting: Any) -> None:
    page = (DOCS / "registry.md").read_text(encoding="utf-8")

    default = setting.shown(setting.default)
    row = f"| `{setting.name}` | {f'`{default}`' if default else ''} | {setting.about} |"
    assert row in page


def test_a_proxy_gets_time_to_notice_that_a_replica_leaves() -> None:
    assert Settings().drains == 0
    assert Settings(proxies="10.0.0.0/8").drains == 5
    assert Settings(proxies="10.0.0.0/8", drain=1.5).drains == 1.5
