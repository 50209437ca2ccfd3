"""deploy/: what its files name is there, and the scripts of the database do what they say.

`make check` compares the files with the schemas of compose and of Kubernetes. No container runs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from api.settings import Settings
from tests.conftest import ROOT
from tests.postgres import UNPRIVILEGED, _binaries, _folder, _unprivileged, new_server

DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
SECONDS = 30.0


@cache
def objects() -> dict[str, Any]:
    files = [one for one in KUBERNETES.glob("*.yaml") if one.name != "kustomization.yaml"]
    return {file.name: yaml.safe_load(file.read_text()) for file in files}


def pods() -> dict[str, Any]:
    """The specification of the pods of each object that has some."""
    return {
        name: one["spec"]["template"]["spec"]
        for name, one in objects().items()
        if "template" in one.get("spec", {})
    }


@cache
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def test_a_wrong_field_is_noticed(tmp_path: Path) -> None:
    wrong = (KUBERNETES / "deployment.yaml").read_text().replace("readinessProbe", "readyProbe")
    (tmp_path / "wrong.yaml").write_text(wrong)
    schema = DEPLOY / "kubernetes-schema.json"
    command = [Path(sys.executable).parent / "check-jsonschema", "--schemafile", schema]
    done = subprocess.run([*command, tmp_path / "wrong.yaml"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "readyProbe" in done.stdout


def test_every_manifest_is_applied_and_every_script_is_there() -> None:
    kustomization = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
    assert sorted(kustomization["resources"]) == sorted(objects())
    scripts = [file for one in kustomization["configMapGenerator"] for file in one["files"]]
    assert sorted(scripts) == sorted(f"scripts/{one.name}" for one in KUBERNETES.glob("scripts/*"))
    for service in compose().values():
        for mounted in service["volumes"]:
            if mounted.startswith("."):
                assert (DEPLOY / mounted.split(":")[0]).exists()


def test_every_setting_is_one_and_the_addresses_are_of_services() -> None:
    own = compose()["claimdesk"]["environment"]
    config = objects()["config.yaml"]["data"]
    names = {one["metadata"]["name"] for one in objects().values() if one["kind"] == "Service"}
    for settings, hosts in ((own, set(compose())), (config, names)):
        for name, value in settings.items():
            if name.startswith("CLAIMDESK_"):
                assert name.removeprefix("CLAIMDESK_").lower() in Settings.model_fields
            if value.startswith("postgresql://"):
                assert re.match(r"postgresql://claimdesk@([a-z-]+)/claimdesk$", value)[1] in hosts
    for one in objects().values():
        if one["kind"] == "Service":
            chosen = one["spec"]["selector"].items()
            found = [
                other for other in objects().values()
                if chosen <= other.get("spec", {}).get("template", {"metadata": {"labels": {}}})[
                    "metadata"]["labels"].items()
            ]  # fmt: skip
            assert len(found) == 1
    secrets = {
        entry["valueFrom"]["secretKeyRef"]["key"]
        for pod in pods().values()
        for container in pod["containers"]
        for entry in container.get("env", [])
        if "valueFrom" in entry
    }
    assert secrets == {"password", "replication-password", "superuser-password"}


@pytest.mark.parametrize("name", pods())
def test_pods_may_do_nothing_that_they_need_not(name: str) -> None:
    pod = pods()[name]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    mounts = {one["name"] for one in pod["volumes"]} | {"data"}
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert container["resources"]["requests"]
        assert container["resources"]["limits"]["memory"]
        assert {one["name"] for one in container["volumeMounts"]} <= mounts
    for container in pod["containers"]:
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()


def test_containers_of_compose_may_do_no_more() -> None:
    for name, service in compose().items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["deploy"]["resources"]["limits"]["memory"], name
    published = [port for one in compose().values() for port in one.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_image_has_the_driver_and_the_user_that_the_manifests_name() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "postgres" in re.search(r"'\.\[(.*)\]'", dockerfile)[1].split(",")
    user = re.search(r"^USER (\d+)$", dockerfile, re.M)[1]
    assert pods()["deployment.yaml"]["securityContext"]["runAsUser"] == int(user)
    images = {
        container["image"] for name in ("database.yaml", "database-replica.yaml")
        for container in pods()[name]["containers"]
    }  # fmt: skip
    assert images == {compose()["database"]["image"], compose()["database-replica"]["image"]}


@pytest.mark.slow
def test_the_scripts_make_a_database_and_a_replica_that_follows() -> None:
    """By a server of this machine in place of containers, over its socket."""
    primary, folder = new_server(), _folder()
    scripts = folder / "scripts"
    shutil.copytree(KUBERNETES / "scripts", scripts)
    environment = {
        "PATH": f"{_binaries()}:{os.environ['PATH']}", "PGHOST": str(primary.folder),
        "POSTGRES_USER": "postgres", "CLAIMDESK_PASSWORD": "it's", "REPLICATION_PASSWORD": "two",
        "PGDATA": str(primary.data),
    }  # fmt: skip
    options = {**_unprivileged(), "cwd": folder, "stdout": subprocess.DEVNULL}
    replica = None
    try:
        subprocess.run(["sh", scripts / "primary.sh"], env=environment, check=True, **options)
        allowed = (primary.data / "pg_hba.conf").read_text().splitlines()
        assert allowed[-1] == "host replication replica all scram-sha-256"
        owner = f"{primary.address('claimdesk')}&user=claimdesk"
        with psycopg.connect(owner, autocommit=True) as link:
            assert link.execute("SELECT '[1,2]'::vector").fetchone()
            link.execute("CREATE SCHEMA claimdesk; CREATE TABLE claimdesk.t AS SELECT 7 AS n")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute("CREATE ROLE other")
        (folder / "copy.new").mkdir()
        (folder / "copy.new" / "PG_VERSION").write_text("of a copy that was cut off")
        if os.geteuid() == 0:
            for one in (folder / "copy.new", folder / "copy.new" / "PG_VERSION"):
                shutil.chown(one, UNPRIVILEGED)
        (folder / "socket").mkdir()
        (folder / "socket").chmod(0o777)
        following = {**environment, "PGDATA": str(folder / "copy"), "PGPASSWORD": "two"}
        given = compose()["database-replica"]["command"]
        here = ["-k", folder / "socket", "-cport=5433", "-clisten_addresses=", "-cfsync=off"]
        command = ["sh", scripts / "replica.sh", *given, *here, "-cshared_buffers=32MB"]
        for _ in range(2):  # started again it copies nothing, and follows
            replica = subprocess.Popen(command, env=following, stderr=subprocess.DEVNULL, **options)
            assert replicated(folder / "socket") == [(7,)]
            replica.terminate()
            replica.wait()
        with psycopg.connect(primary.address()) as link:
            slots = link.execute("SELECT slot_type FROM pg_replication_slots").fetchall()
        assert slots == [("physical",)]
    finally:
        if replica is not None:
            replica.kill()
            replica.wait()
        primary.remove()
        shutil.rmtree(folder)


def replicated(socket: Path) -> list[tuple[int]]:
    """The rows of the test's table, once the replica has them."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            address = f"postgresql://postgres@/claimdesk?host={socket}&port=5433"
            with psycopg.connect(address) as link:
                assert link.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
                return link.execute("SELECT n FROM claimdesk.t").fetchall()
        except psycopg.Error:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_the_schema_says_what_it_is_of() -> None:
    schema = json.loads((DEPLOY / "kubernetes-schema.json").read_text())
    assert "Apache-2.0" in schema["$comment"]
    assert {one["kind"] for one in objects().values()} == set(schema["properties"]["kind"]["enum"])
