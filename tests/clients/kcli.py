"""Manages virtual machines with kcli, whose provider for oVirt uses the official Python SDK."""

import json
import os
import subprocess

import yaml

from engine import connect, running_engine
from install import skip, virtual_environment

# kcli depends on libvirt's Python package, which needs libvirt's C headers; the provider for oVirt works without it.
PACKAGES = ["ovirt-engine-sdk-python", "argcomplete", "jinja2", "prettytable", "pyyaml"]
PROGRAM = virtual_environment("kcli", ["kcli"], PACKAGES) / "kcli"
# kcli can't be told the port of an engine.
ADDRESS = "127.0.0.44"
ENGINE = ["--seed", "small", "--speed", "100", "--address", ADDRESS, "--port", "443"]


def main():
    if os.geteuid() != 0:
        skip("kcli needs an engine at port 443, which only root can open")
    with running_engine(*ENGINE) as engine:
        settings = {
            "type": "ovirt",
            "host": ADDRESS,
            "user": engine.username,
            "password": engine.password,
            "ca_file": engine.ca_file,
            "org": "example",
            "pool": "data",
        }
        folder = engine.folder / ".kcli"
        folder.mkdir()
        (folder / "config.yml").write_text(yaml.safe_dump({"default": {"client": "fake"}, "fake": settings}))
        environment = {**engine.environment(), "HOME": str(engine.folder)}

        def run(*arguments):
            command = [PROGRAM, *arguments]
            result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                raise AssertionError(f"kcli {' '.join(arguments)}: {result.stdout}{result.stderr}")
            return result.stdout

        def details():
            return json.loads(run("--output", "json", "info", "vm", "kcli1"))

        vms = connect(engine).system_service().vms_service()
        assert "vm0001" in run("list", "vm"), "the VMs of the engine are listed"
        assert "data" in run("list", "pool") and "ovirtmgmt" in run("list", "network")
        assert "host1" in run("info", "host")

        run("create", "vm", "-P", "memory=1024", "-P", "numcpus=2", "-P", "disks=[5]", "-P", "nets=[default]", "kcli1")
        [vm] = vms.list(search="name=kcli1", follow="nics,disk_attachments.disk")
        assert vm.memory == 1 << 30 and vm.cpu.topology.cores == 2, "the VM has the requested size"
        assert [nic.name for nic in vm.nics] == ["eth0"]
        assert [attachment.disk.provisioned_size for attachment in vm.disk_attachments] == [5 << 30]
        info = details()
        assert info["memory"] == 1024 and len(info["disks"]) == 1 and info["nets"][0]["net"] == "ovirtmgmt", info
        run("stop", "vm", "kcli1")
        assert details()["status"] == "down"
        run("update", "vm", "-P", "memory=2048", "kcli1")
        assert details()["memory"] == 2048
        run("create", "vm-disk", "-s", "1", "-p", "data", "kcli1")
        assert len(details()["disks"]) == 2
        run("start", "vm", "kcli1")
        assert details()["status"] != "down"
        run("delete", "vm", "--yes", "kcli1")
        assert not vms.list(search="name=kcli1"), "the VM is removed"
    print("kcli creates, changes, stops, starts and deletes a VM")


main()
