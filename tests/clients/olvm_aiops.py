"""Runs olvm-aiops, which reads engines through their JSON, on a fake engine where a host and a storage domain are lost."""

import json
import subprocess

from engine import running_engine
from install import virtual_environment

PROGRAM = virtual_environment("olvm-aiops", ["olvm-aiops"]) / "olvm-aiops"

HEALTH = [("host", "health"), ("storage", "capacity"), ("vm", "health")]


def main():
    with running_engine("--seed", "broken") as engine:
        (engine.folder / "config.yaml").write_text(
            json.dumps({
                "targets": [{
                    "name": "fake",
                    "url": engine.url.removesuffix("/ovirt-engine/api"),
                    "username": engine.username,
                    "ca_file": engine.ca_file,
                }]
            })
        )
        environment = {
            **engine.environment(),
            "OLVM_AIOPS_HOME": str(engine.folder),
            "OLVM_FAKE_PASSWORD": engine.password,
            "COLUMNS": "200",
        }

        def run(*arguments):
            result = subprocess.run(
                [PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False
            )
            if result.returncode != 0:
                raise AssertionError(f"olvm-aiops {' '.join(arguments)}: {result.stdout}{result.stderr}")
            return result.stdout

        def read(*arguments):
            return json.loads(run(*arguments))

        vms = read("vm", "list", "--json", "--limit", "500")["vms"]
        assert len(vms) == 120, len(vms)
        found = read("vm", "list", "--json", "--search", f"name={vms[0]['name']}")["vms"]
        assert [vm["id"] for vm in found] == [vms[0]["id"]], found
        assert read("vm", "get", vms[0]["id"])["name"] == vms[0]["name"]
        assert read("vm", "stats", vms[0]["id"])
        hosts = read("host", "list", "--json")["hosts"]
        assert read("host", "get", hosts[0]["id"])["name"] == hosts[0]["name"]
        statuses = {domain["name"]: domain["status"] for domain in read("storage", "list", "--json")["storageDomains"]}
        assert statuses["iso"] == "inactive" and statuses["data"] == "active", statuses
        for kind in ("datacenter", "cluster", "event", "job"):
            read(kind, "list", "--json")

        signals = {area: [problem["signal"] for problem in read(area, verb, "--json")["findings"]] for area, verb in HEALTH}
        assert "status=non_responsive" in signals["host"], signals
        assert "status=inactive" in signals["storage"], signals
        assert "status=unknown" in signals["vm"], signals
        assert read("engine", "health", "--json")["healthy"]
    print("olvm-aiops lists the objects of the engine and finds what is wrong with it")


main()
