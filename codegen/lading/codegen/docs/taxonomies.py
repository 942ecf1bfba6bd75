"""The page of a taxonomy: its picture, its states and every permitted step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.codegen.docs.contracts import closing, opening
from lading.codegen.docs.diagram import GUARDED, draw
from lading.codegen.docs.text import (
    badge,
    code,
    full_columns,
    link,
    paragraphs,
    pin,
    prose,
    table,
    wide,
)
from lading.codegen.docs.view import about, section, sections, state_anchor
from lading.model import TaxonomyKind
from lading.model.taxonomy import Measure

if TYPE_CHECKING:
    from lading.codegen.docs.view import View
    from lading.model import Contract, State, Taxonomy

_NOUNS = {
    TaxonomyKind.STATE_MACHINE: "States",
    TaxonomyKind.MILESTONES: "Milestones",
    TaxonomyKind.VALUES: "Values",
}


_MARKS = ("initial", "terminal", "deprecated", "exception", "billable")
_MEASURED = {
    Measure.REACH: "until it is reached",
    Measure.DWELL: "how long it stays",
    Measure.NOTIFY: "until it is told",
}


def taxonomy_page(view: View, contract: Contract, taxonomy: Taxonomy) -> str:
    """The page of a state machine, of milestones, or of a list of values."""
    here = view.pages[contract.subject]
    machine = taxonomy.kind is TaxonomyKind.STATE_MACHINE
    doc = "" if about(contract) == taxonomy.doc else paragraphs(taxonomy.doc)
    return sections(
        opening(view, contract),
        doc,
        section("Lifecycle", _picture(taxonomy) if machine else ""),
        section(_NOUNS[taxonomy.kind], _states(view, taxonomy, here)),
        section("Permitted steps", _steps(taxonomy) if machine else ""),
        section("Where it ends", _terminal(taxonomy) if machine else ""),
        section("Agreed times", _agreed(taxonomy)),
        section("How it follows", _derived(taxonomy)),
        section("Codes that are not listed", _unknown(taxonomy)),
        section("Mapped from", _mapped(view, taxonomy, here)),
        closing(view, contract),
    )


def _picture(taxonomy: Taxonomy) -> str:
    picture = draw(taxonomy)
    legend = (
        "An orange dot marks a state things may start in, a double frame one they end in; "
        "a dashed arrow goes back. An event inside a box is the one every arrow into it stands for."
    )
    if any(step.when for step in taxonomy.transitions):
        legend += f" {GUARDED} marks a step that asks for more than its event."
    if picture.left_out:
        legend += (
            f" The picture leaves out {picture.left_out} permitted steps that only skip states "
            "it shows; the table of steps has them all."
        )
    return (
        f'<figure class="lading-figure"><div class="lading-scroll" tabindex="0" role="region" '
        f'aria-label="State diagram">\n{picture.svg}\n</div>'
        f"<figcaption>{legend}</figcaption></figure>"
    )


def _states(view: View, taxonomy: Taxonomy, here: str) -> str:
    rows = [_state(view, taxonomy, state, here) for state in taxonomy.states]
    heads = list(rows[0]) if rows else []
    return full_columns(heads, [list(row.values()) for row in rows], always=("Code", "Meaning"))


def _state(view: View, taxonomy: Taxonomy, state: State, here: str) -> dict[str, str]:
    mark = state_anchor(state.code)
    owner = state.owner or taxonomy.owner
    marks = [badge(name) for name in _MARKS if getattr(state, name)]
    return {
        "Code": f"{pin(mark)}{code(state.code)}",
        "Label": "<br>".join(
            f"{prose(text)} ({prose(lang)})" for lang, text in state.label.items()
        ),
        "Meaning": wide(
            "<br>".join(filter(None, (prose(state.definition), " ".join(marks), _until(state))))
        ),
        "Counts as": prose(state.category),
        "Rank": str(state.rank) if state.rank else "",
        "Shown to customers": "yes" if state.customer_visible else "no",
        "Says so": view.system(here, owner, short=True) if owner else "",
        "Advances": view.state_link(here, taxonomy.advances, state.advances_to)
        if state.advances_to
        else "",
        "Former codes": ", ".join(map(code, state.aliases)),
        "Older readers take it for": code(state.fallback) if state.fallback else "",
        "Not to be confused with": ", ".join(
            _other(view, taxonomy, name, here) for name in state.not_to_be_confused_with
        ),
    }


def _until(state: State) -> str:
    """How long a deprecated state stays, and what replaces it."""
    said = [f"until {prose(state.sunset)}"] if state.sunset else []
    said += [f"replaced by {code(state.replaced_by)}"] if state.replaced_by else []
    return ", ".join(said)


def _other(view: View, taxonomy: Taxonomy, name: str, here: str) -> str:
    """A state of this taxonomy, or ``taxonomy/CODE`` of another one."""
    if any(state.code == name for state in taxonomy.states):
        return link(code(name), f"#{state_anchor(name)}")
    return view.definition(here, name) if "/" in name else code(name)


def _steps(taxonomy: Taxonomy) -> str:
    known = {state.code for state in taxonomy.states}

    def written(state: str) -> str:
        return link(code(state), f"#{state_anchor(state)}") if state in known else code(state)

    rows = [
        (
            written(step.source),
            written(step.target),
            code(step.trigger) if step.trigger else "",
            prose(step.when),
        )
        for step in taxonomy.transitions
    ]
    return (
        full_columns(("From", "To", "When", "Only if"), rows, always=("From", "To", "When"))
        or "No step is permitted: a thing keeps the state it starts in."
    )


def _terminal(taxonomy: Taxonomy) -> str:
    ends = [state for state in taxonomy.states if state.terminal]
    if not ends:
        return "No state is terminal: things go round."
    return "\n".join(
        f"- {link(code(state.code), f'#{state_anchor(state.code)}')}: {prose(state.definition)}"
        for state in ends
    )


def _agreed(taxonomy: Taxonomy) -> str:
    """By when things move on, or are told."""
    rows = (
        (
            prose(each.name),
            _MEASURED[each.measure],
            code(each.start),
            code(each.stop) if each.stop else "",
            code(each.within),
            f"{each.share} %",
            ", ".join(prose(said) for said in (each.calendar, each.time_zone) if said),
        )
        for each in taxonomy.slas
    )
    heads = ("Name", "Measured", "From", "To", "Within", "For", "Clock")
    return full_columns(heads, list(rows), always=heads[:1])


def _derived(taxonomy: Taxonomy) -> str:
    """The rules of a derived status, in order, and what they ask."""
    if taxonomy.derived is None:
        return ""
    inputs = ((code(name), prose(text)) for name, text in taxonomy.derived.inputs.items())
    known = {state.code for state in taxonomy.states}
    rules = (
        (
            str(number),
            code(condition),
            link(code(to), f"#{state_anchor(to)}") if to in known else code(to),
        )
        for number, (condition, to) in enumerate(taxonomy.derived.rules, 1)
    )
    return sections(
        "Nobody states it: it is computed, and the first rule that holds decides. Generated "
        "packages have the rules as a function.",
        table(("", "When", "It is"), rules),
        table(("Input", "What it stands for"), inputs),
    )


def _unknown(taxonomy: Taxonomy) -> str:
    shown = code(taxonomy.unknown)
    said = f"A reader shows {shown} for a code it does not know, and keeps the code as it came."
    if taxonomy.open:
        said += " It goes on with what comes after it: codes may be added."
    if taxonomy.skips:
        said += " States between may be left out."
    if taxonomy.retired:
        said += f" Never used again: {', '.join(map(code, taxonomy.retired))}."
    if taxonomy.ignored:
        said += f" A foreign code that is known to say nothing becomes {code(taxonomy.ignored)}."
    return said


def _mapped(view: View, taxonomy: Taxonomy, here: str) -> str:
    maps = [
        each for each in view.contracts if getattr(each.body, "taxonomy", None) == taxonomy.name
    ]
    return "\n".join(f"- {view.link(here, each.subject)}" for each in maps)
