"""Contracts become packages: generated values in, files out."""

from lading.codegen.errors import CodegenError
from lading.codegen.files import check, write
from lading.codegen.python.package import generate_python
from lading.codegen.wheel import build_wheel

__all__ = ["CodegenError", "build_wheel", "check", "generate_python", "write"]
