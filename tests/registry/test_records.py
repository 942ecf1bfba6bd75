"""What makes two contents the same is spelt as ever, by whatever writes it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lading.model.contract import Kind, Reference, Subject
from lading.registry.store import Content

# Half surrogates too: SQLite has no way to keep them, and a look-up must not fail of them.
TEXTS = st.text(st.characters(), max_size=8) | st.text(
    'a"\\/\n\t\x00\x1f\x7f\x80é\ud800', max_size=6
)
OBJECTS = st.none() | st.dictionaries(
    TEXTS, st.lists(TEXTS, max_size=2) | st.floats() | st.integers(), max_size=2
)
REFERENCES = st.lists(
    st.builds(Reference, TEXTS, st.builds(Subject, TEXTS), st.integers(-(2**70), 2**70)), max_size=2
)


def digest(*parts: Any) -> str:
    """As databases of every version have it."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@given(st.sampled_from(Kind), TEXTS, REFERENCES, OBJECTS, OBJECTS)
def test_the_digests_of_a_content_never_change(
    kind: Kind, text: str, references: list[Reference], metadata: Any, rules: Any
) -> None:
    """Else what is registered would be registered again as something new."""
    content = Content(kind, text, tuple(references), metadata, rules)
    pairs = [(each.name, each.subject, each.version) for each in references]
    assert content.words == digest(kind, text, pairs)
    assert content.identity == digest(content.words, metadata, rules)
