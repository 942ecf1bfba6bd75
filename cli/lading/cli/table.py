"""The commands by name, readable without importing anything else: for help, version and typos."""

from __future__ import annotations

from typing import Final

COMMANDS: Final[dict[str, str]] = {
    "init": "Start a workspace with one small contract of each kind",
    "check": "Check every contract, and what changed since a baseline: the gate",
    "waive": "Let one finding of check pass for a time, with who said so and why",
    "classify": "Say of changed words that they mean the same, or that they do not",
    "lint": "Hold contracts to the rules of the house: names, texts, owners, privacy, units",
    "fmt": "Put every file of a workspace into the one layout",
    "validate": "Hold messages to their contracts: types, identifiers, owners, what adds up",
    "coverage": "Show what the mappings cover: codes of partners, and codes of ours",
    "diff": "Judge two files, without a workspace",
    "push": "Register the contracts of a workspace, all or none",
    "pull": "Write registered contracts into a folder",
    "search": "Find contracts in a registry by words, owner, kind or field",
    "gen": "Generate a Python SDK from a workspace or a registry",
    "serve": "Run the registry",
    "token": "Make, list, rotate and end the tokens of a registry",
    "db": "Look after a registry: upgrade, verify, back up, restore, import",
    "docs": "Build or serve the docs site",
    "explain": "Explain a rule or a problem by its id",
    "rules": "List the rules",
}
"""Name to purpose; each command lives in the module of its name."""

EXIT_CODES: Final = """\
Exit codes: 0 clean, 1 findings, 2 wrong usage or settings, 3 could not decide."""


def help_text() -> str:
    """What ``lading --help`` prints."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {purpose}" for name, purpose in COMMANDS.items())
    return f"""\
Contracts for logistics connectivity: registry, compatibility gate, generated clients.

Usage: lading COMMAND [OPTIONS]

{listed}

  lading COMMAND --help    options and examples of one command
  lading --version         the version

Start here: lading init my-contracts
{EXIT_CODES}
"""
