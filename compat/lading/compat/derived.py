"""Whether two derivations give one status: they are functions, and compared as such.

Conditions compare inputs with each other, with whole numbers and with codes, so that finitely many
cases decide: between the numbers that they name there is room for an order of all inputs, and codes
that they do not name are alike. Where that is too much, some of the cases are tried.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lading.compat.pair.taxonomies import plain
from lading.model.derivations import OTHERWISE, parsed, reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.taxonomy import Derivation

    Domains: TypeAlias = "Mapping[str, tuple[Any, ...]]"

_TRIED: Final = 5_000
"""So many cases are tried at most."""
_EFFORT: Final = 5_000_000
"""So many letters of conditions are gone through at most: of long rules fewer cases are tried."""
_STEP: Final = 1_000_003
"""A prime: by such steps one comes to every case, and soon to cases of every kind."""
_OTHER: Final = "ANY_OTHER"


@dataclass(frozen=True, slots=True)
class Example:
    """Facts of which two derivations make two codes."""

    values: Mapping[str, Any]
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known of two derivations."""

    same: bool = False
    """They give the same code for all facts; else it is not decided, or `example` shows it."""
    example: Example | None = None


def compared(old: Derivation, new: Derivation) -> Compared:
    """Whether both give the same codes, and if not, of which facts they do not."""
    asked = {*_names(old), *_names(new)}
    if any(name not in old.inputs or name not in new.inputs for name in asked):
        return Compared()  # an input by another name may be the same
    alike = all(plain(old.inputs[each]) == plain(new.inputs[each]) for each in asked)
    kinds = _Kinds(old, new)
    if kinds.mixed:
        return Compared(same=alike and _spelled(old) == _spelled(new))
    example, _ = _apart(old, new, kinds.likely(asked))
    if example:
        return Compared(example=example)
    doubtful, complete = _apart(old, new, kinds.all(asked))
    same = complete and doubtful is None
    return Compared(same=alike and (same or _spelled(old) == _spelled(new)))


def _apart(old: Derivation, new: Derivation, domains: Domains) -> tuple[Example | None, bool]:
    """(the first case in which they differ, whether all cases were tried)."""
    before, after = reader(old), reader(new)
    total = prod(len(each) for each in domains.values())
    most = min(_TRIED, _EFFORT // sum(len(when) for when, _ in (*old.rules, *new.rules)))
    for count in range(min(total, most)):
        values = _case(domains, count if total <= most else count * _STEP % total)
        codes = before(values), after(values)
        if codes[0] != codes[1]:
            return Example(values, *codes), True
    return None, total <= most


def _case(domains: Domains, number: int) -> dict[str, Any]:
    values = {}
    for name, domain in domains.items():
        number, at = divmod(number, len(domain))
        values[name] = domain[at]
    return values


def _conditions(derivation: Derivation) -> Iterator[ast.expr]:
    return (parsed(when) for when, _ in derivation.rules if when != OTHERWISE)


def _names(derivation: Derivation) -> Iterator[str]:
    """The inputs that its conditions ask for."""
    for condition in _conditions(derivation):
        for node in ast.walk(condition):
            match node:
                case ast.Compare(left=ast.Name(id=name), comparators=[right]):
                    yield name
                    if isinstance(right, ast.Name) and not right.id.isupper():
                        yield right.id
                case ast.Call(args=[ast.Name(id=name), *_]):
                    yield name


class _Kinds:
    """What is asked of each input: which values tell the answers apart."""

    def __init__(self, *derivations: Derivation) -> None:
        self.numbers: dict[str, set[int]] = defaultdict(set)
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.lists: dict[str, set[str]] = defaultdict(set)
        self.joined: dict[str, set[str]] = {}
        for each in derivations:
            for condition in _conditions(each):
                for node in ast.walk(condition):
                    self._note(node)
        for group in {id(each): each for each in self.joined.values()}.values():
            for kinds in (self.numbers, self.codes):
                found: set[Any] = set().union(*(kinds[each] for each in group if each in kinds))
                if any(each in kinds for each in group):
                    kinds.update(dict.fromkeys(group, found))

    @property
    def mixed(self) -> bool:
        """Whether an input is asked for as a number here and as a code there, or as several."""
        sorts = ({*self.numbers}, {*self.codes}, {*self.lists})
        if self.lists.keys() & self.joined.keys():
            return True
        return any(one & other for one, other in combinations(sorts, 2))

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[right]):
                self._compared(name, op, right)
            case ast.Call(args=[ast.Name(id=name), *codes]):
                self.lists[name] |= {each.id for each in codes if isinstance(each, ast.Name)}

    def _compared(self, name: str, op: ast.cmpop, right: ast.expr) -> None:
        ordered = not isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn)
        match right:
            case ast.Constant(value=int() as number):
                self.numbers[name].add(number)
            case ast.Tuple(elts=codes):
                self.codes[name] |= {each.id for each in codes if isinstance(each, ast.Name)}
            case ast.Name(id=code) if code.isupper():
                self.codes[name].add(code)
            case ast.Name(id=other):
                group = self.joined.get(name, {name}) | self.joined.get(other, {other})
                self.joined.update(dict.fromkeys(group, group))
        if ordered:
            self.numbers[name] |= set()

    def likely(self, names: set[str]) -> Domains:
        """Values that facts surely have: no part of a piece, none below nothing, codes by name."""
        return {each: self._likely(each) for each in sorted(names)}

    def _likely(self, name: str) -> tuple[Any, ...]:
        if name in self.lists:
            return tuple((each,) for each in sorted(self.lists[name]))
        if name in self.codes:
            return tuple(sorted(self.codes[name]))
        return tuple(each for each in self._numbers(name) if each >= 0 and each == int(each))

    def all(self, names: set[str]) -> Domains:
        """Values that tell all answers apart."""
        return {each: self._all(each) for each in sorted(names)}

    def _all(self, name: str) -> tuple[Any, ...]:
        room = len(self.joined.get(name, {name}))
        if name in self.lists:
            codes = [*sorted(self.lists[name]), _OTHER]
            counts = range(len(codes) + 1)
            return tuple(some for count in counts for some in combinations(codes, count))
        if name in self.codes:
            return (*sorted(self.codes[name]), *(f"{_OTHER}_{at}" for at in range(room)))
        return self._numbers(name)

    def _numbers(self, name: str) -> tuple[float, ...]:
        """About each number that is named, as many as there are inputs that are compared."""
        room = len(self.joined.get(name, {name}))
        named = {0, *self.numbers.get(name, ())}
        whole = {each + by for each in named for by in range(-room, room + 1)}
        parts = {each + by / (room + 1) for each in named for by in range(1, room + 1)}
        return tuple(sorted({*whole, *parts}))


def _spelled(derivation: Derivation) -> tuple[tuple[str, str], ...]:
    """The rules in one of the spellings that say the same."""
    return tuple(
        (when if when == OTHERWISE else _normal(parsed(when)), to) for when, to in derivation.rules
    )


def _normal(node: ast.expr) -> str:
    match node:
        case ast.BoolOp(op=op, values=parts):
            word = " and " if isinstance(op, ast.And) else " or "
            return f"({word.join(sorted({_normal(each) for each in parts}))})"
        case ast.UnaryOp(operand=inner):
            return f"not {_normal(inner)}"
        case ast.Compare(left=left, ops=[op], comparators=[ast.Tuple(elts=codes)]):
            listed = sorted(map(ast.unparse, codes))
            return f"{ast.unparse(left)} {type(op).__name__} {listed}"
        case ast.Call(func=asked, args=[name, *codes]):
            listed = sorted(map(ast.unparse, codes))
            return f"{ast.unparse(asked)} {ast.unparse(name)} {listed}"
    return ast.unparse(node)
