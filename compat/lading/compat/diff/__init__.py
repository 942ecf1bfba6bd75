"""States what differs between two versions of a contract. Facts only: no severity, no promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.compat.change import ChangeKind
from lading.compat.diff.apis import (
    api_facts,
    body_facts,
    header_facts,
    link_facts,
    media_facts,
    operation_facts,
    parameter_facts,
    part_facts,
    response_facts,
)
from lading.compat.diff.protobuf import PROTO_FACTS
from lading.compat.diff.schemas import (
    branch_facts,
    condition_facts,
    field_facts,
    schema_facts,
    value_facts,
    word_facts,
)
from lading.compat.diff.taxonomies import (
    agreement_facts,
    cell_facts,
    mapping_facts,
    override_facts,
    rank_facts,
    sending_facts,
    sla_facts,
    state_facts,
    taxonomy_facts,
    transition_facts,
)
from lading.compat.pair import Role, pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.contract import Contract

__all__ = ["diff", "facts"]


def diff(old: Contract, new: Contract, *, tolerant: bool = False) -> list[Change]:
    """Every difference that may matter to a reader or writer, in the order of the walk.

    Args:
        old: the version in use.
        new: the one that is proposed.
        tolerant: whether readers of JSON pass over what they do not know, closed or not.
    """
    pairs = [*pair(old, new, tolerant=tolerant)]
    return [
        *(change for two in pairs for change in _FACTS[two.role](two)),
        *(change for two in pairs if two.role is Role.FIELD for change in word_facts(two)),
    ]


def facts(two: Pair) -> Iterator[Change]:
    """What there is to say about two nodes themselves."""
    return _FACTS[two.role](two)


def _kind_facts(two: Pair) -> Iterator[Change]:
    yield two.change(ChangeKind.KIND)


_FACTS: Final[Mapping[Role, Callable[[Pair], Iterator[Change]]]] = {
    Role.CONTRACT: _kind_facts,
    Role.SCHEMA: schema_facts,
    Role.FIELD: field_facts,
    Role.BRANCH: branch_facts,
    Role.CONDITION: condition_facts,
    Role.VALUE: value_facts,
    Role.API: api_facts,
    Role.OPERATION: operation_facts,
    Role.PARAMETER: parameter_facts,
    Role.BODY: body_facts,
    Role.MEDIA: media_facts,
    Role.PART: part_facts,
    Role.RESPONSE: response_facts,
    Role.HEADER: header_facts,
    Role.LINK: link_facts,
    Role.TAXONOMY: taxonomy_facts,
    Role.STATE: state_facts,
    Role.RANK: rank_facts,
    Role.TRANSITION: transition_facts,
    Role.SLA: sla_facts,
    Role.MAPPING: mapping_facts,
    Role.CELL: cell_facts,
    Role.OVERRIDE: override_facts,
    Role.AGREEMENT: agreement_facts,
    Role.SENDING: sending_facts,
    **PROTO_FACTS,
}
