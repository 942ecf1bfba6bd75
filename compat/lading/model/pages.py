"""The kinds of problem a document can have, each with its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """What `lading explain` and the docs say about one code."""

    title: str
    page: str
    """Markdown."""


def _page(what: str, why: str, instead: str) -> str:
    parts = (("What it checks", what), ("Why it matters", why), ("What to do instead", instead))
    return "\n".join(f"## {heading}\n{text}\n" for heading, text in parts)


PROBLEM_CODES: Final[dict[str, ProblemPage]] = {
    "LAD001": ProblemPage(
        "The text is broken",
        _page(
            "The document parses as JSON, YAML 1.2 or TOML, whichever its name says.",
            "Nothing in a broken document can be trusted, so nothing of it is used.",
            "Mend the place that is named; a trailing comma and a tab in YAML are the usual "
            "causes.",
        ),
    ),
    "LAD002": ProblemPage(
        "The file is not UTF-8 text",
        _page(
            "Documents are UTF-8, without NUL characters and without halves of surrogate pairs.",
            "Two systems that guess an encoding guess differently.",
            "Save the file as UTF-8.",
        ),
    ),
    "LAD003": ProblemPage(
        "The document is too large",
        _page(
            "At most 4 MiB, 400,000 values and 100 levels of nesting.",
            "Everything that reads the document after lading would have to survive it too.",
            "Split the document; give inner types a name and refer to them.",
        ),
    ),
    "LAD004": ProblemPage(
        "A key is written twice",
        _page(
            "No object holds the same key twice.",
            "Readers disagree about which one counts; most silently take the last.",
            "Keep one of them.",
        ),
    ),
    "LAD005": ProblemPage(
        "NaN or infinity",
        _page(
            "Numbers are finite.",
            "JSON has no such numbers; a strict reader refuses the whole document.",
            "Use a number or null.",
        ),
    ),
    "LAD006": ProblemPage(
        "A feature of YAML that is not read",
        _page(
            "No anchors, aliases, tags, merge keys, second documents, and no keys that are not "
            "text.",
            "Aliases can expand a small file beyond any memory, tags can name code, and the "
            "rest is read "
            "differently by YAML 1.1 and 1.2.",
            "Write the value out; put the key in quotes. `lading diff` writes out the aliases and "
            "merge keys of others itself, within bounds, and reads the tags that say what JSON can "
            "say, such as `!!str`.",
        ),
    ),
    "LAD010": ProblemPage(
        "This is not a schema",
        _page(
            "Each schema has the parts its language asks for: a type, fields, symbols, items.",
            "A reader would refuse it, or guess.",
            "Add the part that is named.",
        ),
    ),
    "LAD011": ProblemPage(
        "A name is not allowed",
        _page(
            "Names follow the rule of their language. Avro: letters, digits and `_`, not "
            "starting with a "
            "digit, in every part of a full name, in fields, symbols and aliases.",
            "Generators turn names into code. A library that does not check them runs what is "
            "in them.",
            "Rename it; in Avro an alias keeps old data readable.",
        ),
    ),
    "LAD012": ProblemPage(
        "A name leads nowhere",
        _page(
            "Each type that is used by name, and each local `$ref`, is defined in the document, "
            "in a file "
            "of the workspace, or among the registered references.",
            "The contract could not be read on its own.",
            "Correct the name, or add the file.",
        ),
    ),
    "LAD013": ProblemPage(
        "A reference leads out",
        _page(
            "A reference stays in the document, in the workspace, or goes to a registered "
            "contract. "
            "Addresses, absolute paths and paths that climb out of the workspace are not followed.",
            "Whoever can write a reference could make the machine that reads it fetch an "
            "address or a file.",
            "Put the target into the workspace, or register it and refer to it by name.",
        ),
    ),
    "LAD014": ProblemPage(
        "Something is defined twice",
        _page(
            "Types, fields, symbols, codes, parameters, operation ids and subjects are defined "
            "once.",
            "Two definitions of one name will differ one day, and each reader picks its own.",
            "Keep one, or rename one.",
        ),
    ),
    "LAD015": ProblemPage(
        "A default does not fit its type",
        _page(
            "An Avro default is a value of the field's type; for a union, of one of its branches; "
            "for an enum, one of its symbols (specification 1.12, Complex Types).",
            "Readers find out when the default is needed, in the middle of the night.",
            "Correct the default. Put the branch that takes it first: before 1.12 it had to be the "
            "first, and Apache's Avro for Python reads no schema where it is not.",
        ),
    ),
    "LAD016": ProblemPage(
        "A logical type does not fit",
        _page(
            "A logical type is one of the specification's, laid over the type it needs, with a "
            "precision "
            "and scale that fit.",
            "Readers ignore a logical type that does not fit, so that a decimal "
            "arrives as bytes and a timestamp as a number.",
            "Correct the underlying type or the attributes.",
        ),
    ),
    "LAD017": ProblemPage(
        "A union is not allowed",
        _page(
            "A union has at least one branch, holds no union directly, and no type twice.",
            "A reader could not tell which branch was meant.",
            "Merge the branches, or wrap one in a record.",
        ),
    ),
    "LAD018": ProblemPage(
        "A dialect of JSON Schema that is not read",
        _page(
            "`$schema` names draft 6, 7, 2019-09 or 2020-12, or the dialect of OpenAPI 3.1.",
            "Another dialect may give the same keywords another meaning.",
            "Write the schema in draft 2020-12.",
        ),
    ),
    "LAD019": ProblemPage(
        "An invariant that cannot be checked",
        _page(
            "An entry of `x-invariants` has a name, a rule in words, and, where a machine can "
            "decide it, a `check`: a condition over the fields of the record with `and or not`, "
            "comparisons, `+ - *`, `in`, `is None`, `sum all any unique forest` over parts, `len` "
            "and `abs`. Its fields are there, its types fit, enums are compared with their own "
            "symbols, and what may be empty is asked for first.",
            "A check that fails by accident refuses good messages; one that can never fail lets "
            "every bad one through.",
            'Mend what is named: `"check": "not lots or sum(lot.quantity.value for lot in lots) '
            '== shipped_quantity.value"`. Leave `check` out where words are all there is.',
        ),
    ),
    "LAD020": ProblemPage(
        "This OpenAPI version is not read",
        _page(
            "OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0 documents are read.",
            "Reading another version by the rules of these would give verdicts that are wrong.",
            "Convert the document to OpenAPI 3.1.",
        ),
    ),
    "LAD021": ProblemPage(
        "The OpenAPI document is not valid",
        _page(
            "Paths, parameters, bodies and responses have the parts the specification asks for.",
            "Generators and validators would refuse it, each in its own way.",
            "Add or correct the part that is named.",
        ),
    ),
    "LAD022": ProblemPage(
        "The specification of OpenAPI does not allow it",
        _page(
            "What openapi-spec-validator finds wrong with a document, when it is asked.",
            "Other tools read by the specification, not by what was meant.",
            "Follow the message; when the check took too long, nest fewer `allOf`.",
        ),
    ),
    "LAD024": ProblemPage(
        "Two documents that cannot be compared",
        _page(
            "Both documents show what they are, are of one kind, and can be walked to their end.",
            "A verdict about documents that were guessed at would be a guess.",
            "Say the kind (`lading diff --kind AVRO`), or compare like with like.",
        ),
    ),
    "LAD025": ProblemPage(
        "The .proto file cannot be compiled",
        _page(
            "Google's compiler takes the file, with what it imports: contracts that it refers to "
            "by the name that it imports, and the files that Google and Confluent ship.",
            "Generators and readers would refuse it.",
            "Follow the compiler's message. Where Protobuf is not installed: pip install "
            "'lading[protobuf]'.",
        ),
    ),
    "LAD030": ProblemPage(
        "An unknown key",
        _page(
            "Keys in lading's own files are the documented ones; keys that start with `x-` are "
            "yours.",
            "A mistyped key would be ignored, and the owner or promise in it with it.",
            "Correct the spelling.",
        ),
    ),
    "LAD031": ProblemPage(
        "A value is missing or of the wrong kind",
        _page(
            "Each key of lading's own files has the kind of value the documentation names.",
            "YAML changes unquoted values: `1.0` becomes a number, `NO` a boolean for older "
            "readers.",
            "Add the value, or put it in quotes. A version has three numbers: `1.0.0`.",
        ),
    ),
    "LAD032": ProblemPage(
        "A code that the taxonomy does not have",
        _page(
            "Transitions, milestones and mappings name codes that exist.",
            "An event with that code would put a shipment into a state nobody knows.",
            "Correct the code, or add the state.",
        ),
    ),
    "LAD033": ProblemPage(
        "The state machine cannot be walked",
        _page(
            "There is an initial state, a path leads from it to every state, and none leaves a "
            "terminal one.",
            "A state nobody reaches is a promise nobody keeps.",
            "Add the transition, or take the state out.",
        ),
    ),
    "LAD035": ProblemPage(
        "A name nobody has declared",
        _page(
            "Systems, contracts, fields, statuses and operations that are named in governance "
            "files exist.",
            "A consumer that is registered for a field with a typing error is a consumer nobody "
            "warns.",
            "Correct the name, or declare it.",
        ),
    ),
    "LAD040": ProblemPage(
        "A file without a place",
        _page(
            "Each file stands in the folder of its kind.",
            "A file that nothing reads is a file that nothing checks.",
            "Move it, or take it out of the workspace.",
        ),
    ),
    "LAD041": ProblemPage(
        "A contract is gone, or its file is not read",
        _page(
            "A contract that was active or deprecated in the baseline is still there. Each file of "
            "the workspace is a regular file that may be read, of at most 4 MiB, and no link leads "
            "out of the workspace or to nothing.",
            "Whoever reads a contract that is gone would find nothing, at a time nobody chose. "
            "What cannot be read is checked by nobody.",
            "Set `lifecycle: retired` in its contract.yaml, release that, and remove it later. "
            "In the place of a link, a pipe or a file without permission put the file itself.",
        ),
    ),
    "LAD042": ProblemPage(
        "A decision about no finding",
        _page(
            "An entry of policies/waivers.yaml or policies/meanings.yaml names, by its "
            "fingerprint, a finding that `lading check` has, and its rule. Where a promise is "
            "transitive, and the baseline knows one version only, nobody is asked about entries "
            "for that contract: their finding may be one against an older version.",
            "A waiver with a typing error waives nothing, and one for a change that is not made "
            "waits for somebody to make it.",
            "Copy the finding from the report (`more: ... finding 1a2b3c4d5e6f`), or use `lading "
            "waive` and `lading classify`, which write the entry.",
        ),
    ),
    "LAD043": ProblemPage(
        "A waiver has ended",
        _page(
            "The day `until` of a waiver that a finding needs is not over.",
            "An exception without an end is a rule that nobody decided.",
            "Mend what it is for. Or ask the one who approved it to approve it again: `lading "
            "waive` with the same finding and a new date replaces the entry.",
        ),
    ),
    "LAD044": ProblemPage(
        "A decision that is no longer needed",
        _page(
            "An entry that the baseline had too names a finding that there is. It is a note, and "
            "keeps nothing from passing: the change it was for is done.",
            "A list of exceptions is read when it is short.",
            "Take the entry out with the next change.",
        ),
    ),
    "LAD045": ProblemPage(
        "The version says less than what changed",
        _page(
            "The version number moves by as much as the contract changed: major for what its "
            "promise forbids and a waiver lets pass, minor for what is new. Below 1.0.0 it is one "
            "step less; text alone is not asked about. "
            'It is a note; `versions = "error"` under `[check]` in lading.toml makes it count, '
            'and `"off"` leaves it out.',
            "Readers decide by the number whether they have to look.",
            "Set `version` where the report points to: in the contract.yaml that it is inherited "
            "from, or in the taxonomy, mapping or API itself. The number that is named is enough; "
            "one below the number in use never is.",
        ),
    ),
    "LAD046": ProblemPage(
        "A list has drifted from its taxonomy",
        _page(
            "A list of values with `x-taxonomy` (Avro `symbols`, JSON Schema `enum`, OpenAPI "
            "`x-extensible-enum`) has exactly the codes of that taxonomy, whichever file either "
            "stands in.",
            "A code that no taxonomy defines means what each reader thinks. A state that the list "
            "lacks cannot be sent, or is refused when it comes.",
            "Change both in one step. For a list of other values, leave `x-taxonomy` out.",
        ),
    ),
    "LAD047": ProblemPage(
        "A retired code is used again",
        _page(
            "A code under `retired` is no state of the taxonomy, and no former code of one.",
            "Histories that carry the code mean what it was. A new state of that code says "
            "something else of them, and nobody notices.",
            "Give the new state a code of its own, and leave the old one retired for ever.",
        ),
    ),
}
"""Code to page; ids are never reused."""
