"""The facts a diff can state: what differs, where. No severity, no promise, no advice."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from lading.compat.effect import Effect
from lading.model.values import made_often

if TYPE_CHECKING:
    from lading.model.contract import Slot
    from lading.model.document import Origin
    from lading.model.schema import Encoding

Path: TypeAlias = tuple[str, ...]
"""Where in the contract, for people: ``("lines[]", "item_id")``."""


class ChangeKind(StrEnum):
    """Every kind of fact; each is judged by exactly one rule."""

    KIND = "kind"

    FIELD_ADDED = "field-added"
    FIELD_REMOVED = "field-removed"
    FIELD_RENAMED = "field-renamed"
    FIELD_REQUIREDNESS = "field-requiredness"
    FIELD_DEFAULT = "field-default"
    ALIAS_AMBIGUOUS = "alias-ambiguous"
    ALIASES = "aliases"
    DEPRECATION = "deprecation"
    SUNSET = "sunset"
    STABILITY = "stability"
    CONTENT_MODEL = "content-model"
    NAME_PATTERN = "name-pattern"
    FIELD_ORDER = "field-order"

    SCALAR_TYPE = "scalar-type"
    LOSSY_PROMOTION = "lossy-promotion"
    SHAPE = "shape"
    TYPE_NAME = "type-name"
    ERROR_RECORD = "error-record"
    FIXED_SIZE = "fixed-size"
    LIMIT = "limit"
    PATTERN = "pattern"
    VALUES_LISTED = "values-listed"
    ANY_VALUE = "any-value"
    CONDITION_ADDED = "condition-added"
    CONDITION_REMOVED = "condition-removed"

    SYMBOL_ADDED = "symbol-added"
    SYMBOL_REMOVED = "symbol-removed"
    SYMBOL_ORDER = "symbol-order"
    ENUM_OPENNESS = "enum-openness"
    ENUM_DEFAULT = "enum-default"
    BRANCH_ADDED = "branch-added"
    BRANCH_REMOVED = "branch-removed"
    BRANCH_SHADOWED = "branch-shadowed"
    NULLABILITY = "nullability"
    DISCRIMINATOR = "discriminator"
    EXCLUSIVITY = "exclusivity"

    OPERATION_ADDED = "operation-added"
    OPERATION_REMOVED = "operation-removed"
    OPERATION_ID = "operation-id"
    SERVER_ADDED = "server-added"
    SERVER_REMOVED = "server-removed"
    PARAMETER_ADDED = "parameter-added"
    PARAMETER_REMOVED = "parameter-removed"
    PARAMETER_REQUIREDNESS = "parameter-requiredness"
    PARAMETER_STYLE = "parameter-style"
    PARAMETER_LIBERTY = "parameter-liberty"
    BODY_ADDED = "body-added"
    BODY_REMOVED = "body-removed"
    BODY_REQUIREDNESS = "body-requiredness"
    MEDIA_ADDED = "media-added"
    MEDIA_REMOVED = "media-removed"
    RESPONSE_ADDED = "response-added"
    RESPONSE_REMOVED = "response-removed"
    HEADER_ADDED = "header-added"
    HEADER_REMOVED = "header-removed"
    HEADER_REQUIREDNESS = "header-requiredness"
    LINK_ADDED = "link-added"
    LINK_REMOVED = "link-removed"
    LINK = "link"
    SECURITY = "security"
    SECURITY_SCHEME = "security-scheme"

    STATE_ADDED = "state-added"
    STATE_REMOVED = "state-removed"
    STATE_RENAMED = "state-renamed"
    STATE_DEFINITION = "state-definition"
    STATE_TERMINAL = "state-terminal"
    STATE_INITIAL = "state-initial"
    STATE_RANK = "state-rank"
    STATE_VISIBILITY = "state-visibility"
    STATE_OWNER = "state-owner"
    STATE_ADVANCES = "state-advances"
    STATE_LABEL = "state-label"
    STATE_CATEGORY = "state-category"
    STATE_SUNSET = "state-sunset"
    STATE_FALLBACK = "state-fallback"
    STATE_ALIASES = "state-aliases"
    CODE_REUSED = "code-reused"
    TRANSITION_ADDED = "transition-added"
    TRANSITION_REMOVED = "transition-removed"
    TRANSITION_GUARD = "transition-guard"
    TAXONOMY_KIND = "taxonomy-kind"
    TAXONOMY_DEFINITION = "taxonomy-definition"
    TAXONOMY_UNKNOWN = "taxonomy-unknown"
    TAXONOMY_IGNORED = "taxonomy-ignored"
    TAXONOMY_DERIVATION = "taxonomy-derivation"
    TAXONOMY_OPENNESS = "taxonomy-openness"
    TAXONOMY_SKIPS = "taxonomy-skips"
    RETIRED = "retired"
    SLA_ADDED = "sla-added"
    SLA_REMOVED = "sla-removed"
    SLA_LIMIT = "sla-limit"
    SLA_CLOCK = "sla-clock"

    CELL_ADDED = "cell-added"
    CELL_REMOVED = "cell-removed"
    CELL_TARGET = "cell-target"
    CELL_ALSO = "cell-also"
    CELL_QUALITY = "cell-quality"
    CELL_CLASSIFIER = "cell-classifier"
    OVERRIDE = "override"
    SENDING = "sending"
    UNMAPPED = "unmapped"
    MAPPING_SCOPE = "mapping-scope"
    LIST_VERSION = "list-version"
    MAPPING_NOTE = "mapping-note"

    LOGICAL_ADDED = "logical-added"
    LOGICAL_REMOVED = "logical-removed"
    LOGICAL_CHANGED = "logical-changed"
    DECIMAL_SCALE = "decimal-scale"
    DECIMAL_PRECISION = "decimal-precision"
    UNIT = "unit"
    SCHEME = "scheme"
    INVARIANT = "invariant"
    PROSE_CODES = "prose-codes"
    WORDS = "words"
    TAXONOMY_BINDING = "taxonomy-binding"
    MEANS = "means"

    PROTO_FILE = "proto-file"
    PROTO_MESSAGE_REMOVED = "proto-message-removed"
    PROTO_ENUM_REMOVED = "proto-enum-removed"
    PROTO_METHOD = "proto-method"
    PROTO_RESERVED = "proto-reserved"
    PROTO_NUMBER_FREED = "proto-number-freed"
    PROTO_NAME_FREED = "proto-name-freed"
    PROTO_NAME = "proto-name"
    PROTO_FIELD_ADDED = "proto-field-added"
    PROTO_FIELD_REMOVED = "proto-field-removed"
    PROTO_TYPE = "proto-type"
    PROTO_TYPE_NAME = "proto-type-name"
    PROTO_CARDINALITY = "proto-cardinality"
    PROTO_PRESENCE = "proto-presence"
    PROTO_REQUIREDNESS = "proto-requiredness"
    PROTO_ONEOF = "proto-oneof"
    PROTO_DEFAULT = "proto-default"
    PROTO_VALUE_ADDED = "proto-value-added"
    PROTO_VALUE_REMOVED = "proto-value-removed"
    PROTO_ENUM_OPENNESS = "proto-enum-openness"

    OPAQUE = "opaque"
    OVERLAP = "overlap"
    API_PART = "api-part"


@made_often
class Change:
    """One difference at one place."""

    kind: ChangeKind
    path: Path
    slot: Slot
    encoding: Encoding
    old: object = None
    """The node of the old version the kind speaks of; `None` when it has none."""
    new: object = None
    what: str = ""
    """Which part of the node: a limit (``maximum``), a symbol, a renamed field's old name."""
    old_owner: object = None
    """What holds the node in the old version: a record, a union, an operation, a taxonomy."""
    new_owner: object = None
    elsewhere: tuple[Path, ...] = ()
    """Further paths on which the same named type is reached, or a copy of it: the first of them.
    A path that several of its alternatives have is there as often as the edit is."""
    elsewhere_at: tuple[Origin | None, ...] = ()
    """Where each of these stands in the new version; empty where all stand at `new_at`."""
    places: int = 1
    """On how many paths it is reached in all, as far as they were counted."""
    covered_old: bool = False
    """What is gone is still accepted by another branch of the new version."""
    covered_new: bool = False
    """What came was already accepted by another branch of the old version."""
    lookalike: str = ""
    """A removed and an added thing of equal type: the name of the other one."""
    negated: bool = False
    """It is about what must *not* match: its effect on the whole is the mirror image."""
    met: Effect = Effect.REPLACES
    """What readers can notice of it: a reader that does not know an alias never comes here."""
    doubted: Effect = Effect.NONE
    """What is only sure of it with an example: what it says may be said otherwise beside it."""
    tested: bool = False
    """It is within a condition, where schemas mean what they say to the letter."""
    spoken: frozenset[str] = frozenset()
    """Names of fields that conditions around it speak of: they count although it is silent."""
    home: str = ""
    """The named type that it is in, as the old version calls it; empty outside of all."""
    within: Path = ()
    """The path from there: what it is called wherever the type is used."""
    old_at: Origin | None = None
    """Where it stands in the old version, or its nearest parent there."""
    new_at: Origin | None = None
    """Where it stands in the new version, or its nearest surviving parent."""
    around: tuple[object, object, Path] | None = None
    """What is around it in both versions that may be copied as a whole, such as an object, and the
    path from there; `None` where nothing is, and in Avro."""
    copies: tuple[Path, ...] = ()
    """Every place of an edit that was made in several copies, in order, by its home, the path from
    there, and where it stood; empty where there is one."""
