"""What a contract is: documents read safely, in one normal form, with all that is wrong in them.

Values are frozen; only `tree` touches files, and only `openapi_validity` and `protoc` start
processes besides.
Nothing here judges, stores or prints.
"""

from lading.model.api import Api, Body, In, Media, Operation, Parameter, Response, Security
from lading.model.canonical import canonical_text, fingerprint
from lading.model.consumption import Consumer, Meaning, Ownership, Reads, System, Waiver
from lading.model.contract import (
    Compatibility,
    Contract,
    Fingerprint,
    Kind,
    Lifecycle,
    Reference,
    Slot,
    Subject,
    Terms,
)
from lading.model.derivations import derive, holds
from lading.model.document import Document, JsonValue, Origin, Place, Pointer, Syntax
from lading.model.errors import ContractError, LadingError, Problem, WorkspaceError
from lading.model.fields import field_paths, missing_step
from lading.model.locate import locate, place_of
from lading.model.openapi_validity import check_openapi, openapi_obstacle
from lading.model.pages import PROBLEM_CODES, ProblemPage
from lading.model.read import kind_of_document, read_contract
from lading.model.reader import read_document, syntax_of
from lading.model.samples import Refusal, Sample
from lading.model.schema import (
    NO_DEFAULT,
    NO_LIMITS,
    Anything,
    Array,
    Condition,
    Encoding,
    Enum,
    Field,
    Fixed,
    Invariant,
    Limits,
    Logical,
    Map,
    Nothing,
    Opaque,
    Record,
    Ref,
    Restricted,
    Scalar,
    ScalarType,
    Schema,
    Tuple,
    Union,
)
from lading.model.settings import Settings
from lading.model.suggest import closest, did_you_mean
from lading.model.taxonomies import reachable
from lading.model.taxonomy import (
    Case,
    CodeMap,
    Derivation,
    MappingCell,
    Override,
    Quality,
    Sending,
    State,
    Taxonomy,
    TaxonomyKind,
    Transition,
    Unmapped,
)
from lading.model.tree import FolderTree, GitTree, Tree
from lading.model.workspace import Workspace, find_workspace, load_workspace

__all__ = [
    "NO_DEFAULT",
    "NO_LIMITS",
    "PROBLEM_CODES",
    "Anything",
    "Api",
    "Array",
    "Body",
    "Case",
    "CodeMap",
    "Compatibility",
    "Condition",
    "Consumer",
    "Contract",
    "ContractError",
    "Derivation",
    "Document",
    "Encoding",
    "Enum",
    "Field",
    "Fingerprint",
    "Fixed",
    "FolderTree",
    "GitTree",
    "In",
    "Invariant",
    "JsonValue",
    "Kind",
    "LadingError",
    "Lifecycle",
    "Limits",
    "Logical",
    "Map",
    "MappingCell",
    "Meaning",
    "Media",
    "Nothing",
    "Opaque",
    "Operation",
    "Origin",
    "Override",
    "Ownership",
    "Parameter",
    "Place",
    "Pointer",
    "Problem",
    "ProblemPage",
    "Quality",
    "Reads",
    "Record",
    "Ref",
    "Reference",
    "Refusal",
    "Response",
    "Restricted",
    "Sample",
    "Scalar",
    "ScalarType",
    "Schema",
    "Security",
    "Sending",
    "Settings",
    "Slot",
    "State",
    "Subject",
    "Syntax",
    "System",
    "Taxonomy",
    "TaxonomyKind",
    "Terms",
    "Transition",
    "Tree",
    "Tuple",
    "Union",
    "Unmapped",
    "Waiver",
    "Workspace",
    "WorkspaceError",
    "canonical_text",
    "check_openapi",
    "closest",
    "derive",
    "did_you_mean",
    "field_paths",
    "find_workspace",
    "fingerprint",
    "holds",
    "kind_of_document",
    "load_workspace",
    "locate",
    "missing_step",
    "openapi_obstacle",
    "place_of",
    "reachable",
    "read_contract",
    "read_document",
    "syntax_of",
]
