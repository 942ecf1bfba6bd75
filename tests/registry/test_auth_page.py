"""The page about it says what is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from lading.registry.auth.access import access_of
from lading.registry.auth.grants import BUNDLES, Role
from lading.registry.http.app import SERVED
from lading.registry.rights import Right

PAGE = (Path(__file__).parents[2] / "docs" / "registry.md").read_text(encoding="utf-8")


def test_the_access_file_of_the_page_is_accepted_as_it_stands() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    access = access_of(tomllib.loads(block))
    assert access.of(["group:wms"]).may(Right.SUBJECT_WRITE, "logistics.shipment.v1.X")
    assert not access.of(["group:wms"]).may(Right.SUBJECT_READ, "hr.Salary")


def test_every_role_and_right_is_on_the_page() -> None:
    for role in Role:
        assert f"| `{role}` |" in PAGE
    for right in BUNDLES[Role.ADMIN]:
        assert right.removesuffix("_WRITE") in PAGE


def test_what_needs_no_credentials_is_on_the_page() -> None:
    for each in SERVED:
        if each.right is Right.NONE and "{" not in each.path:
            shown = "/health/*" if each.path.startswith("/health/") else each.path
            assert f"`{shown}`" in PAGE or f"`GET {shown}`" in PAGE
