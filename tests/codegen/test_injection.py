"""Text of a contract is text in the package, whatever it looks like."""

from __future__ import annotations

import ast
import copy
import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lading.codegen import CodegenError, generate_python, write
from lading.codegen.python.allowlist import refuse_unsafe
from lading.codegen.python.text import docstring, one_line, plain
from lading.model.contract import Contract, Kind, Subject, Terms
from lading.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
RUN = "open('PWNED', 'w').close()"
PAYLOADS = (
    f'"""\n{RUN}\n"""',
    f'\\"""\n{RUN}\n',
    f'a\\\\"""; {RUN} #',
    f"'''\n{RUN}\n'''",
    f"\n{RUN}\n",
    f"\r{RUN}\r",
    f"\u2028{RUN}\u2029\x85{RUN}\x0c{RUN}",
    '" + __import__("os").system("touch PWNED") + "',
    f"{{{RUN}}} {{{{ {RUN} }}}} {{% {RUN} %}}",
    "coding: utf-7 +AAo-open('PWNED','w')",
    "*/ -->\n# coding: utf-7",
    "\u202egnp.exe\ufeff\x00\ud800",
    "ends with a backslash \\",
    'ends with a quote "',
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_documentation_stays_documentation(payload: str) -> None:
    text = f"x = 1\n{docstring(payload)}"
    tree = ast.parse(text)
    assert len(tree.body) == 2
    assert ast.literal_eval(ast.unparse(tree.body[1])).split() == plain(payload).split()
    assert len(one_line(payload).splitlines()) <= 1
    text.encode()


def hostile(contracts: Sequence[Contract], payload: str) -> list[Contract]:
    """`contracts` with `payload` in every place that takes free text."""
    return [_hostile(contract, payload) for contract in contracts]


def _hostile(contract: Contract, payload: str) -> Contract:
    body: Any = contract.body
    change = dataclasses.replace
    terms = Terms(version=payload, owner=payload, description=payload)
    if contract.kind is Kind.AVRO:
        body = _hostile_schema(body, payload)
        types = {name: _hostile_schema(each, payload) for name, each in contract.types.items()}
        return change(contract, body=body, types=types, terms=terms)
    if contract.kind is Kind.TAXONOMY:
        states = tuple(
            change(
                each,
                definition=payload,
                label={"en": payload, payload: payload},
                not_to_be_confused_with=(payload,),
            )
            for each in body.states
        )
        steps = tuple(change(each, trigger=payload) for each in body.transitions)
        body = change(
            body, states=states, transitions=steps, title=payload, doc=payload, version=payload
        )
    if contract.kind is Kind.MAPPING:
        cells = tuple(change(each, label=payload, note=payload) for each in body.cells)
        extra = change(cells[0], code=payload)
        body = change(body, cells=(*cells, extra), title=payload, doc=payload, code_list=payload)
        body = change(body, system=payload, version=payload)
    if contract.kind is Kind.OPENAPI:
        value = _hostile_api(copy.deepcopy(contract.document.value), payload)
        return change(contract, documents=(Document("api", "", value),), terms=terms)
    return change(contract, body=body, terms=terms)


def _hostile_schema(schema: Any, payload: str) -> Any:
    if not hasattr(schema, "doc"):
        return schema
    if not hasattr(schema, "fields"):
        return dataclasses.replace(schema, doc=payload)
    fields = tuple(
        dataclasses.replace(
            each,
            doc=payload,
            default={payload: payload} if each.name == "attributes" else each.default,
        )
        for each in schema.fields
    )
    return dataclasses.replace(schema, doc=payload, fields=fields)


def _hostile_api(value: Any, payload: str) -> Any:
    payload = payload.replace("\ud800", "")  # no UTF-8 document can hold it
    value["info"] |= {"title": payload, "description": payload, "summary": payload}
    get = value["paths"]["/shipments/{shipment_id}"]["get"]
    get |= {"summary": payload, "description": payload, "x-evil": payload}
    shipment = value["components"]["schemas"]["Shipment"]
    shipment |= {
        "description": payload,
        "title": payload,
        "customBasePath": "os.system",
        "x-python-import": {"module": "os", "name": "system"},
    }
    shipment["properties"]["note"] = {
        "type": "string",
        "default": payload,
        "description": payload,
        "customTypePath": "subprocess.Popen",
        "example": payload,
    }
    shipment["properties"]["choice"] = {"enum": [payload, "b"], "type": "string"}
    return value


IMPORT_ALL = """
import importlib, pathlib, sys
sys.path[:0] = sys.argv[1:]
for path in sorted(pathlib.Path("acme_logistics").rglob("*.py")):
    parts = path.with_suffix("").parts
    importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
print("imported")
"""


@pytest.mark.slow
@pytest.mark.parametrize("payload", ["\n".join(PAYLOADS), PAYLOADS[9], PAYLOADS[7]])
def test_importing_a_package_made_from_hostile_contracts_runs_nothing(
    tmp_path: Path, contracts: Sequence[Contract], payload: str
) -> None:
    made = generate_python(hostile(contracts, payload), name="acme-logistics", version="1.0.0")
    write(made, tmp_path)
    sources = [str(ROOT / "codegen"), str(ROOT / "compat")]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(tmp_path), *sources],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "imported", done.stderr
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize(
    "reference",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1:1/x.json",
        "other.yaml#/a",
        "../a.json",
    ],
)
def test_a_reference_out_of_an_api_is_refused_before_the_renderer_sees_it(
    contracts: Sequence[Contract], reference: str
) -> None:
    api = next(each for each in contracts if each.kind is Kind.OPENAPI)
    value: Any = copy.deepcopy(api.document.value)
    value["components"]["schemas"]["Shipment"]["properties"]["x"] = {"$ref": reference}
    changed = dataclasses.replace(api, documents=(Document("api", "", value),))
    with pytest.raises(CodegenError, match="leaves the document"):
        generate_python([changed], name="acme", version="1.0.0")


@pytest.mark.parametrize(
    "text",
    [
        "import os\n",
        "from os import system\n",
        "import acme_evil\n",
        f"{RUN}\n",
        "x = eval('1')\n",
        "def f(x=print(1)):\n    pass\n",
        "class A(print(1)):\n    pass\n",
        "class A:\n    x: print(1)\n",
        "@print\nclass A:\n    x = print(1)\n",
        "for x in ():\n    pass\n",
        "def f():\n    return __import__('os')\n",
        "x = ().__class__.__bases__\n",
        "if 1:\n    x = 1\n",
        "x = (\n",
    ],
)
def test_the_last_look_refuses(text: str) -> None:
    with pytest.raises(CodegenError, match="not safe"):
        refuse_unsafe("acme/models/a.py", text, package="acme")


def test_the_client_runtime_must_be_the_renderers_own() -> None:
    with pytest.raises(CodegenError, match="differs from the runtime"):
        refuse_unsafe("a/apis/b/client/_runtime/client/retry.py", "x = 1\n", package="a")


@pytest.mark.parametrize("name", ["../evil", "acme logistics", "class", "1a", "a\nb", ""])
def test_a_package_name_is_checked(name: str, contracts: Sequence[Contract]) -> None:
    with pytest.raises(CodegenError, match="cannot be the name"):
        generate_python(contracts, name=name, version="1.0.0")


@pytest.mark.parametrize("version", ["", "1.0\n", "latest", '1"', "1.0+x"])
def test_a_version_is_checked(version: str, contracts: Sequence[Contract]) -> None:
    with pytest.raises(CodegenError, match="not a version"):
        generate_python(contracts, name="acme", version=version)


def test_a_subject_that_is_no_file_name_is_refused(contracts: Sequence[Contract]) -> None:
    event = contracts[0]
    evil = dataclasses.replace(event, subject=Subject("../../evil"))
    with pytest.raises(CodegenError, match="cannot be a subject"):
        generate_python([evil], name="acme", version="1.0.0")
