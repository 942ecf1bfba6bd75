"""Contracts become one Python package; datamodel-code-generator is used in here only."""
