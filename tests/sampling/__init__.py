"""Schemas, edits and messages by the hundred thousand, from a seed: for `tests/soundness.py`.

Hypothesis draws and shrinks well and slowly; these draw fast and cover the whole language, which
`tests/compat/test_sampling.py` counts.
"""
