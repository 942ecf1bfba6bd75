"""The house stands as docs/architecture.md says: namespace, layers, small imports, clean files."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "cli",
    "codegen",
    "compat",
    "governance",
    "lint",
    "model",
    "registry",
    "runtime",
)
HEAVY = {
    "datamodel_code_generator",
    "deepdiff",
    "fastavro",
    "jsonschema_rs",
    "mkdocs",
    "openapi_spec_validator",
    "pydantic",
    "rich",
    "ryaml",
    "sqlite3",
    "starlette",
    "typer",
    "uvicorn",
    "yaml",
}


def tracked_files() -> list[Path]:
    """What git would carry: tracked files and new ones that are not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def loaded_after(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after `statement`."""
    code = f"{statement}\nimport sys; print(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    path = ":".join(str(ROOT / root) for root in ("cli", "codegen", "compat", "registry"))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(done.stdout.split())


def test_lading_is_a_namespace() -> None:
    """A stray lading/__init__.py would hide the other roots; mypy and ruff would not say so."""
    assert getattr(importlib.import_module("lading"), "__file__", None) is None
    assert list(ROOT.glob("*/lading/__init__.py")) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_there_once(package: str) -> None:
    """Every name in a package's `__all__` can be imported, and none is listed twice."""
    module = importlib.import_module(f"lading.{package}")
    names = list(getattr(module, "__all__", ()))

    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(module, name)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_what_it_is(package: str) -> None:
    """Each package has a docstring and the marker that its types may be used."""
    module = importlib.import_module(f"lading.{package}")

    assert module.__doc__
    assert (Path(str(module.__file__)).parent / "py.typed").exists()


@pytest.mark.parametrize("package", ["cli", "compat", "governance", "model"])
def test_importing_a_package_stays_light(package: str) -> None:
    """Packages that cost start-up time are imported where they are used."""
    assert set() == loaded_after(f"import lading.{package}") & HEAVY


def test_the_runtime_needs_only_what_an_sdk_installs() -> None:
    """A generated SDK works with the base install: no other package of lading, no heavy tool."""
    loaded = loaded_after(
        "import lading.runtime, sys\n"
        "assert not [m for m in sys.modules if m.startswith('lading.') and 'runtime' not in m]"
    )

    assert set() == loaded & (HEAVY - {"fastavro", "pydantic"})


def test_the_layers_hold() -> None:
    """import-linter's contracts in pyproject.toml are kept."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_package_host_or_machine_path_is_tracked() -> None:
    """The project names no package host and no folder of the machine that it was written on."""
    hosts = (r"pypi\.org", r"pythonhosted\.org", r"registry\.npmjs", r"deb\.debian\.org")
    machine = r"(?:^|[^\w.])/(?:work|farm|root)/"
    forbidden = re.compile("|".join((*hosts, machine)).encode(), re.MULTILINE)

    found = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path != Path(__file__) and forbidden.search(path.read_bytes())
    ]

    assert found == []


def test_no_lock_file_is_tracked() -> None:
    """Lock files name package hosts; ranges in pyproject.toml are what counts."""
    assert [path.name for path in tracked_files() if path.name in {"uv.lock", "poetry.lock"}] == []
