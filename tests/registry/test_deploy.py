"""What is in ``deploy/`` fits together, and fits the code. Nothing of it can be run here."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cli.command import lading
from lading.registry.http.app import SERVED
from lading.registry.serve import GRACE, KEEP_ALIVE
from lading.registry.settings import BEHIND_A_PROXY, Settings
from lading.registry.sources import CONFIG, SETTINGS, gathered
from lading.registry.store import SqliteStore
from lading.registry.workers import COUNT, MEMORY
from needed import needs
from registry.house import House, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]
DEPLOY = TOP / "deploy"
FILES = sorted(each for each in DEPLOY.rglob("*") if each.is_file())
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
NGINX = (DEPLOY / "nginx.conf").read_text()
UNIT = (DEPLOY / "systemd" / "lading-registry.service").read_text()
UNITS = sorted(
    each for each in (DEPLOY / "systemd").iterdir() if each.suffix in {".service", ".timer"}
)
IMAGE = (DEPLOY / "Containerfile").read_text()
COMPOSE: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SECRET = re.compile(
    r"^\s*(?!automount)(\w*password|\w*token)\s*[:=]\s*['\"]?\w+['\"]?$",
    re.MULTILINE | re.IGNORECASE,
)
VARIABLES = {each.variable for each in SETTINGS} | {
    CONFIG,
    *(f"{each.variable}_FILE" for each in SETTINGS if each.is_secret),
}


def manifest(kind: str, name: str = "lading") -> Any:
    documents = [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text())]
    (found,) = [
        each for each in documents if (each["kind"], each["metadata"]["name"]) == (kind, name)
    ]
    return found


POD: Any = manifest("Deployment")["spec"]["template"]
BACKUP: Any = manifest("CronJob", "lading-backup")["spec"]["jobTemplate"]["spec"]["template"]
CONTAINER: Any = POD["spec"]["containers"][0]


@pytest.mark.parametrize("path", FILES, ids=lambda each: each.name)
def test_every_variable_that_is_set_is_a_setting(path: Path) -> None:
    assert {*re.findall(r"LADING_REGISTRY_[A-Z_]+", path.read_text())} - {
        "LADING_REGISTRY_PORT"
    } <= VARIABLES


def test_the_values_of_the_settings_are_ones_that_can_be_meant() -> None:
    container = {each["name"]: each.get("value") for each in CONTAINER["env"]}
    image = dict(re.findall(r"(LADING_REGISTRY_\w+)=(\S+)", IMAGE))
    for environment in (container, COMPOSE["services"]["registry-1"]["environment"], image):
        said = {name: str(value) for name, value in environment.items() if value is not None}
        assert gathered({}, environment=said)["auth"].value == "tokens"
    unit = gathered({}, config=DEPLOY / "systemd" / "registry.toml", environment={})
    assert unit["database"].value.startswith("/var/lib/lading/")


@pytest.mark.parametrize("path", FILES, ids=lambda each: each.name)
def test_no_secret_is_in_a_file(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"postgres(ql)?://[^:/@\s]+:[^@\s]+@", text)
    assert not SECRET.search(text)
    assert "kind: Secret" not in text


def test_kubernetes_names_lead_to_each_other() -> None:
    labels = POD["metadata"]["labels"]
    ports = {each["name"] for each in CONTAINER["ports"]}
    policy = manifest("NetworkPolicy")["spec"]

    for kind, where in (("Deployment", "selector"), ("PodDisruptionBudget", "selector")):
        assert manifest(kind)["spec"][where]["matchLabels"] == labels
    assert manifest("Service")["spec"]["selector"] == labels
    assert policy["podSelector"]["matchLabels"] == labels
    assert {each["targetPort"] for each in manifest("Service")["spec"]["ports"]} <= ports
    used = {port["port"] for rule in policy["ingress"] for port in rule["ports"]}
    assert used == ports
    assert {each["name"] for each in CONTAINER["volumeMounts"]} == {
        each["name"] for each in POD["spec"]["volumes"]
    }
    assert (
        manifest("PodDisruptionBudget")["spec"]["minAvailable"]
        < (manifest("Deployment")["spec"]["replicas"])
    )


def test_probes_ask_what_is_answered_to_everybody() -> None:
    paths = {
        CONTAINER[f"{kind}Probe"]["httpGet"]["path"]
        for kind in ("startup", "liveness", "readiness")
    }
    open_ = {each.path for each in SERVED if each.right == "NONE"}

    assert paths == {"/health/live", "/health/ready"}
    assert paths <= open_
    assert "/health/live" in IMAGE
    port = next(each["containerPort"] for each in CONTAINER["ports"] if each["name"] == "http")
    assert port == Settings().port


def test_everybody_waits_long_enough_for_a_replica_that_leaves() -> None:
    drain = next(e["value"] for e in CONTAINER["env"] if e["name"].endswith("_DRAIN"))

    assert POD["spec"]["terminationGracePeriodSeconds"] > GRACE + float(drain)
    compose = COMPOSE["services"]["registry-1"]["stop_grace_period"]
    assert float(compose.removesuffix("s")) > GRACE + BEHIND_A_PROXY
    stop = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert stop
    assert float(stop[1]) > GRACE + BEHIND_A_PROXY


def test_containers_may_do_nothing_that_they_need_not() -> None:
    for each in (POD, BACKUP):
        pod, (container,) = each["spec"]["securityContext"], each["spec"]["containers"]
        own = container["securityContext"]
        assert pod["runAsNonRoot"]
        assert pod["runAsUser"] == 10001
        assert pod["seccompProfile"]["type"] == "RuntimeDefault"
        assert own["readOnlyRootFilesystem"]
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert not own["allowPrivilegeEscalation"]
        assert not each["spec"]["automountServiceAccountToken"]
        assert not each["spec"]["enableServiceLinks"]
    for name in ("registry-1", "registry-2", "token", "nginx"):
        service = COMPOSE["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    last = IMAGE.rpartition("FROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert last.index("USER") < last.index("ENTRYPOINT")


def test_the_backup_in_kubernetes_is_of_the_database_of_the_replicas_and_no_replica() -> None:
    """The same image and secret, a label that no Service leads to, and a claim that is there."""
    (container,) = BACKUP["spec"]["containers"]
    labels = BACKUP["metadata"]["labels"]
    known = {each["name"]: each["valueFrom"] for each in CONTAINER["env"] if "valueFrom" in each}
    assert container["image"] == CONTAINER["image"]
    assert {each["name"]: each["valueFrom"] for each in container["env"]} == known
    assert not labels.items() >= manifest("Service")["spec"]["selector"].items()
    policy = manifest("NetworkPolicy", "lading-backup")["spec"]
    assert policy["podSelector"]["matchLabels"] == labels
    assert policy["egress"] == manifest("NetworkPolicy")["spec"]["egress"]
    assert "ingress" not in policy
    claims = [
        each["persistentVolumeClaim"]["claimName"]
        for each in BACKUP["spec"]["volumes"]
        if "persistentVolumeClaim" in each
    ]
    assert [manifest("PersistentVolumeClaim", each)["kind"] for each in claims] != []
    assert {each["name"] for each in container["volumeMounts"]} == {
        each["name"] for each in BACKUP["spec"]["volumes"]
    }


def test_the_backup_in_kubernetes_makes_an_archive_and_lets_old_ones_go(tmp_path: Path) -> None:
    """Its command, as it stands but for the place; what it made can be restored, and is whole.

    Where the database is not there, it fails, and what is old stays.
    """
    database, backups, program = (tmp_path / name for name in ("r.db", "backups", "bin"))
    SqliteStore(database).close()
    backups.mkdir()
    program.mkdir()
    wrapper = program / "lading"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lading.cli "$@"\n')
    wrapper.chmod(0o755)
    old, young = (backups / f"registry-{name}.tar.gz" for name in ("old", "young"))
    for each, days in ((old, 40), (young, 20)):
        each.touch()
        os.utime(each, (time.time() - days * 86_400,) * 2)
    words = [each.replace("/backups", str(backups)) for each in container_command()]

    def run(place: Path) -> int:
        env = {
            "PATH": f"{program}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LADING_REGISTRY_DATABASE": str(place),
        }
        done = subprocess.run(words, env=env, capture_output=True, timeout=60, check=False)
        return done.returncode

    assert run(tmp_path / "nowhere.db") != 0
    assert old.exists()
    assert run(database) == 0
    (made,) = {*backups.iterdir()} - {young}
    assert made.stat().st_mode & 0o077 == 0
    restored = lading("db", "restore", str(made), "restored.db", cwd=tmp_path)
    seen = lading("db", "verify", "restored.db", cwd=tmp_path)
    assert (restored.code, seen.code) == (0, 0), restored


def container_command() -> list[str]:
    (container,) = BACKUP["spec"]["containers"]
    return [*container["command"]]


def test_everything_that_the_image_is_made_of_is_there() -> None:
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.*)$", IMAGE, re.MULTILINE)
        for word in line.split()[:-1]
    ]

    assert copied
    for each in copied:
        assert (TOP / each).exists()
    roots = re.search(r"only-include = \[(.*)\]", (TOP / "pyproject.toml").read_text())
    assert roots
    packed = re.findall(r'"([^"]+)"', roots[1])
    assert {each.partition("/")[0] for each in packed} <= {*copied}


def test_compose_services_and_networks_lead_to_each_other() -> None:
    services = COMPOSE["services"]
    for each in services.values():
        assert {*each.get("depends_on", ())} <= {*services}
        assert {*each.get("networks", ())} <= {*COMPOSE["networks"]}
        assert {*each.get("secrets", ())} <= {*COMPOSE["secrets"]}
    subnet = COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert services["registry-1"]["environment"]["LADING_REGISTRY_PROXIES"] == subnet
    hosts = re.findall(r"server (\S+):8081", NGINX)
    assert {*hosts} == {each for each in services if each.startswith("registry-")}


def test_nginx_leaves_paths_alone_and_takes_what_the_registry_takes() -> None:
    assert re.search(r"proxy_pass http://registry;", NGINX), "no path behind it"
    assert "merge_slashes off;" in NGINX
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    size = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert size
    assert int(size[1]) * 1024 * 1024 >= 4 * Settings().max_body
    kept = re.search(r"keepalive_timeout (\d+)s;", NGINX)
    assert kept
    assert int(kept[1]) < KEEP_ALIVE


@needs("nginx", "it reads the configuration that we ship")
def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text(re.sub(r"registry-\d:8081", "127.0.0.1:8081", NGINX))
    done = subprocess.run(
        ["nginx", "-t", "-c", path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@needs("nginx", "it is asked what it does while the database is down")
def test_what_is_known_is_answered_while_all_else_is_503(tmp_path: Path) -> None:
    """A replica that says 503 is not a dead one: there is no other to go to."""
    with ExitStack() as open_:
        places = [open_.enter_context(degraded()) for _ in range(2)]
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        text = NGINX.replace("/tmp/", f"{tmp_path}/").replace("listen 8080", f"listen {port}")
        for number, place in enumerate(places, 1):
            text = text.replace(f"registry-{number}:8081", f"127.0.0.1:{place}")
        text = "daemon off;\n" + ("user root;\n" if os.getuid() == 0 else "") + text
        (tmp_path / "nginx.conf").write_text(text.replace("/dev/stdout", f"{tmp_path}/access.log"))
        nginx = subprocess.Popen(["nginx", "-c", tmp_path / "nginx.conf"])
        open_.callback(nginx.wait)
        open_.callback(nginx.terminate)
        deadline = time.monotonic() + 20
        while asked(port, "/schemas/ids/1") != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        found = [asked(port, path) for _ in range(10) for path in ("/subjects", "/schemas/ids/1")]
    assert found == [503, 200] * 10


@contextmanager
def degraded() -> Iterator[int]:
    """The port of a replica that has lost its database, and knows one id."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/schemas/ids/1" else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def asked(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_memory_is_enough_for_all_that_may_have_it() -> None:
    """Each worker has its own limit, and the server beside them is known to stay below as much."""
    needed = (COUNT + 1) * MEMORY
    unit = re.search(r"^MemoryMax=(\d+)M$", UNIT, re.MULTILINE)
    assert unit
    limits = {
        CONTAINER["resources"]["limits"]["memory"].removesuffix("Mi"),
        COMPOSE["services"]["registry-1"]["mem_limit"].removesuffix("m"),
        unit[1],
    }
    assert [int(each) * 1024 * 1024 >= needed for each in limits] == [True] * len(limits)
    assert "OOMPolicy=continue" in UNIT
    page = (TOP / "docs" / "operations.md").read_text()
    assert f"{needed // 1024 // 1024:,} MiB" in page


@needs("systemd-analyze", "it reads the units that we ship")
def test_systemd_accepts_its_units(tmp_path: Path) -> None:
    """All of them together: the timer is only right beside the service that it starts."""
    paths = []
    for each in UNITS:
        paths.append(tmp_path / each.name)
        there = shutil.which("true") or ""
        paths[-1].write_text(each.read_text().replace("/opt/lading/bin/lading", there))
    done = subprocess.run(
        ["systemd-analyze", "verify", *paths],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert len(paths) == 3
    assert (done.returncode, done.stderr) == (0, "")


def test_every_metric_is_on_its_page(sqlite_store: SqliteStore) -> None:
    house = House(sqlite_store)
    house.pulse.close()
    page = (TOP / "docs" / "operations.md").read_text()
    text = house("GET", "/metrics").body.decode()
    house("GET", "/subjects")
    names = {
        re.sub(r"_(bucket|sum|count|created)$", "", each.partition("{")[0])
        for each in samples(text)
    }
    names |= {"lading_registry_requests_total"}

    ours = sorted(each for each in names if each.startswith("lading_"))
    assert [each for each in ours if each not in page] == []
