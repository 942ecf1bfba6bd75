"""May this version of a contract follow that one?

The flow is one way: `diff` states facts, a `Rule` says what each does to the messages a contract
admits, `judge` holds that against what was promised, and `lading.compat.report` says it to people.
"""

from lading.compat.change import Change, ChangeKind
from lading.compat.checker import Checker
from lading.compat.compare import compare
from lading.compat.diff import diff
from lading.compat.effect import Effect, Level
from lading.compat.history import History
from lading.compat.judge import judge, path_text
from lading.compat.policy import RULESET, Content, Policy, policy_of
from lading.compat.promise import DEFAULT_PROMISES, forbids
from lading.compat.rules import RULES, Opinion, Rule
from lading.compat.runtimes import Reading, Runtime
from lading.compat.transitive import judge_history, surely_follows
from lading.compat.verdict import Finding, Outcome, Verdict
from lading.compat.witness import Witness, prove

__all__ = [
    "DEFAULT_PROMISES",
    "RULES",
    "RULESET",
    "Change",
    "ChangeKind",
    "Checker",
    "Content",
    "Effect",
    "Finding",
    "History",
    "Level",
    "Opinion",
    "Outcome",
    "Policy",
    "Reading",
    "Rule",
    "Runtime",
    "Verdict",
    "Witness",
    "compare",
    "diff",
    "forbids",
    "judge",
    "judge_history",
    "path_text",
    "policy_of",
    "prove",
    "surely_follows",
]
