"""The wheel holds the packages, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"cli", "codegen", "compat", "governance", "lint", "model", "registry", "runtime"}


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built from the tree, without a network: the build backend is a test dependency."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (path,) = out.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.mark.slow
def test_the_wheel_holds_every_package(wheel: zipfile.ZipFile) -> None:
    """One root's files must not hide another's."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    packages = {name.split("/")[1] for name in wheel.namelist() if name.startswith("lading/")}

    assert tops == {"lading", next(top for top in tops if top.endswith(".dist-info"))}
    assert packages == PACKAGES


@pytest.mark.slow
def test_every_module_of_the_tree_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    """What an editable install sees is what a wheel carries."""
    roots = ("cli", "codegen", "compat", "registry")
    in_tree = {
        path.relative_to(ROOT / root).as_posix()
        for root in roots
        for path in (ROOT / root / "lading").rglob("*.py")
    }

    assert set() == in_tree - set(wheel.namelist())


@pytest.mark.slow
def test_the_wheel_ships_the_licence_and_the_command(wheel: zipfile.ZipFile) -> None:
    """The licence asks to travel along, and `lading` must be on PATH after an install."""
    (entry,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))

    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())
    assert "lading = lading.cli:main" in wheel.read(entry).decode()


@pytest.mark.slow
def test_the_wheel_brings_the_library_file_by_file(wheel: zipfile.ZipFile) -> None:
    """`lading init --library` gives from an installed wheel what the checkout has."""
    prefix = "lading/cli/library/"
    packed = {
        name.removeprefix(prefix): wheel.read(name)
        for name in wheel.namelist()
        if name.startswith(prefix)
    }
    tree = ROOT / "contracts"
    assert packed == {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in tree.rglob("*")
        if path.is_file()
    }
