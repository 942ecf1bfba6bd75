"""YAML text to values: what JSON could say, in YAML 1.2, and nothing more.

libyaml's events are walked first: no value is built there, so nothing can expand, and each has
its place. ryaml then reads the text (YAML 1.2: ``no`` and ``on`` are texts), which by now holds
nothing it would take otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from lading.model.bounds import MAX_DEPTH, MAX_NODES, MAX_REPORTED
from lading.model.document import Place
from lading.model.errors import ContractError, Problem, too_deep

if TYPE_CHECKING:
    from lading.model.document import JsonValue

_NOT_TEXT_KEY: Final = re.compile(
    r"|~|null|Null|NULL|true|True|TRUE|false|False|FALSE"
    r"|[-+]?0[xob][0-9a-fA-F]+|\+\d+|[-+]?(\.\d+|\d+\.\d*)([eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+"
)
"""Plain keys that YAML 1.2 reads as something else; whole numbers keep their spelling."""
_NOT_A_NUMBER: Final = re.compile(r"[-+]?\.(nan|inf)", re.IGNORECASE)
_CORE: Final = "tag:yaml.org,2002:"
_WRITTEN: Final = {
    "str": re.compile(r".*", re.DOTALL),
    "null": re.compile(r"null|Null|NULL|~|"),
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "int": re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    "float": re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"),
}
"""How values are written that have a tag (YAML 1.2.2, 10.3.2)."""
_SHAPED: Final = {"map": "MappingStartEvent", "seq": "SequenceStartEvent"}
_PLACE: Final = re.compile(r" ?at line (\d+) column (\d+)")


def read_yaml(name: str, text: str, *, aliases: bool = False) -> JsonValue:
    """The value of `text`.

    Args:
        name: what to call the document.
        text: the document.
        aliases: whether it may have anchors, aliases, merge keys, and the tags of what JSON can say
            (YAML 1.2.2, 10.3: ``!!str``, ``!!int``, ``!!map`` ...).

    Raises:
        ContractError: broken, too deep, too many values; or every duplicate key, anchor, alias,
            tag, merge key, key that is no text, NaN and infinity.
    """
    import ryaml

    value: JsonValue
    scan = _Scan(name, text, aliases=aliases)
    scan.run()
    if scan.is_short:
        from lading.model.yaml_aliases import without_aliases

        text = without_aliases(name, text)
    try:
        value = ryaml.loads(text)  # type: ignore[attr-defined]
    except ValueError as error:
        raise ContractError([_refused_by_ryaml(name, str(error))]) from error
    value = _with_text_keys(value)
    return value


def _refused_by_ryaml(name: str, message: str) -> Problem:
    found = _PLACE.search(message)
    place = Place(name, int(found[1]), int(found[2])) if found else Place(name)
    if "invalid type: integer" in message:
        text = "a number does not fit into 64 bits"
        return Problem("LAD005", text, place, "put it in quotes")
    return Problem("LAD001", f"not valid YAML 1.2: {_PLACE.sub('', message)}", place)


def _with_text_keys(value: Any) -> Any:
    """Whole-number keys are text, as OpenAPI means them (``200:`` is the status "200")."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(each) for key, each in value.items()}
    return [_with_text_keys(each) for each in value] if isinstance(value, list) else value


class _Level:
    """A mapping or sequence that is open."""

    __slots__ = ("expects_key", "is_mapping", "keys")

    def __init__(self, *, is_mapping: bool) -> None:
        self.is_mapping = is_mapping
        self.expects_key = is_mapping
        self.keys: set[str] = set()


class _Scan:
    """One walk over the events of a text."""

    def __init__(self, name: str, text: str, *, aliases: bool) -> None:
        self.aliases = aliases
        self.is_short = False
        """Whether something is left to be written out, which may be."""
        self.name = name
        self.text = text
        self.levels: list[_Level] = []
        self.problems: list[Problem] = []
        self.nodes = 0
        self.documents = 0

    def run(self) -> None:
        """Raise `ContractError` with everything that is refused."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(self.text, Loader=loader):
                self._event(event, type(event).__name__)
                if len(self.problems) >= MAX_REPORTED:
                    break
        except yaml.YAMLError as error:
            self.problems.append(_broken(self.name, self.text, error))
        if self.problems:
            raise ContractError(self.problems)

    def _event(self, event: Any, kind: str) -> None:
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self._stop(event, "LAD006", "a second document begins", "one file, one document")
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self.levels.pop()
        elif kind in {"ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent"}:
            self._node(event, kind)

    def _node(self, event: Any, kind: str) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = f"the document holds more than {MAX_NODES} values"
            self._stop(event, "LAD003", message, "split the document")
        self._plain(event, kind)
        if self.levels and self.levels[-1].is_mapping:
            self._in_mapping(event, kind, self.levels[-1])
        if kind.endswith("StartEvent"):
            self.levels.append(_Level(is_mapping=kind == "MappingStartEvent"))
            if len(self.levels) > MAX_DEPTH:
                raise ContractError([*self.problems, too_deep(self._place(event))])

    def _plain(self, event: Any, kind: str) -> None:
        if kind == "AliasEvent" or event.anchor:
            self.is_short = self.aliases
        if (kind == "AliasEvent" or event.anchor) and not self.aliases:
            self._add(event, "LAD006", "anchors and aliases are not read", "write the value out")
        if kind != "AliasEvent" and event.tag:
            self._tagged(event, kind)
        if kind == "ScalarEvent" and event.implicit[0] and _NOT_A_NUMBER.fullmatch(event.value):
            self._add(event, "LAD005", f"{event.value} is not a value", "use a number or null")

    def _tagged(self, event: Any, kind: str) -> None:
        """What a tag says is read by who reads documents of others, as far as JSON can say it."""
        word = event.tag.removeprefix(_CORE) if event.tag.startswith(_CORE) else ""
        form = _WRITTEN.get(word) if kind == "ScalarEvent" else None
        if not self.aliases or not (form or _SHAPED.get(word) == kind):
            message = f"the tag `{event.tag}` is not read"
            self._add(event, "LAD006", message, "take the tag out")
        elif form and not form.fullmatch(event.value):
            code = "LAD005" if _NOT_A_NUMBER.fullmatch(event.value) else "LAD001"
            message = f"what is tagged `!!{word}` is no such value"
            self._add(event, code, message, "take the tag out, or write the value as it says")
        elif word == "null" and not event.value:
            self.is_short = True

    def _in_mapping(self, event: Any, kind: str, level: _Level) -> None:
        is_key, level.expects_key = level.expects_key, not level.expects_key
        if is_key and kind == "ScalarEvent":
            self._key(event, level.keys)
        elif is_key:
            self._add(event, "LAD006", "a key must be plain text", "")

    def _key(self, event: Any, keys: set[str]) -> None:
        key = event.value
        if event.implicit[0] and _NOT_TEXT_KEY.fullmatch(key):
            message = f"the key `{key}` is not text to YAML"
            self._add(event, "LAD006", message, f'write "{key}"')
        if self.aliases and event.tag and event.tag != f"{_CORE}str":
            self._add(event, "LAD006", f"the key `{key}` is not text to YAML", f'write "{key}"')
        if key == "<<" and event.implicit[0]:
            self.is_short = self.aliases
        if key == "<<" and event.implicit[0] and not self.aliases:
            self._add(event, "LAD006", "merge keys are not read", "write the keys out")
        if key in keys:
            message = f"the key `{key}` is written twice in one object"
            self._add(event, "LAD004", message, "keep one")
        keys.add(key)

    def _add(self, event: Any, code: str, message: str, hint: str) -> None:
        self.problems.append(Problem(code, message, self._place(event), hint))

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.name, mark.line + 1, mark.column + 1)

    def _stop(self, event: Any, code: str, message: str, hint: str) -> NoReturn:
        self._add(event, code, message, hint)
        raise ContractError(self.problems)


def _broken(name: str, text: str, error: Any) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    if "nesting depth" in problem:  # libyaml looks ahead, and has a limit of its own since 0.2.6
        return too_deep(place)
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    return Problem("LAD001", f"not valid YAML: {problem}", place, _hint(problem, line))


def _hint(problem: str, line: str) -> str:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in problem:
        return "put a text that holds `: ` in quotes"
    if "cannot start any token" in problem:
        return "put a text that starts with @, ` or % in quotes"
    if "did not find expected" in problem:
        return "look at the indentation, and for a bracket or quote that is left open"
    return ""
