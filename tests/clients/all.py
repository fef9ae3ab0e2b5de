"""Runs every client. Prints which ones were skipped and why, and writes that to the file OVIRT_CLIENTS_SKIPPED, too."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from install import SKIPPED, last_line

HERE = Path(__file__).parent


@dataclass
class Client:
    title: str
    program: str
    # Packages of PyPI in the virtual environment that this program runs in, and a module that shows that they are there.
    packages: tuple = ()
    module: str = ""
    # Whether a run fails if this client can't be installed, and OVIRT_CLIENTS_REQUIRED is set.
    essential: bool = False
    # It runs beside the others.
    mostly_waits: bool = False


PYTHON_SDK = {"packages": ("ovirt-engine-sdk-python", "pyyaml"), "module": "ovirtsdk4, yaml", "essential": True}
ANSIBLE = {"packages": ("ansible",), "module": "ansible_collections.ovirt", "essential": True}
CLIENTS = [
    Client("official Python SDK", "python_sdk.py", **PYTHON_SDK),
    Client("official Python SDK: every service", "python_sdk_services.py", **PYTHON_SDK),
    Client("Ansible: a playbook", "ansible_playbook.py", **ANSIBLE),
    Client("Ansible: every module", "ansible_modules.py", **ANSIBLE),
    Client("ovirt-img", "ovirt_img.py", packages=("ovirt-imageio",), module="ovirt_imageio"),
    Client("olvm-aiops", "olvm_aiops.py"),
    Client("kcli", "kcli.py"),
    Client("go-ovirt", "go_ovirt.py"),
    Client("go-ovirt-client: its live tests", "go_ovirt_client.py", mostly_waits=True),
    Client("Java SDK", "java_sdk.py"),
]


def install(client):
    """Installs the packages of a client. Returns why that failed."""
    if not client.module or run([sys.executable, "-c", f"import {client.module}"]).returncode == 0:
        return None
    result = run([sys.executable, "-m", "pip", "install", "--quiet", *client.packages])
    return None if result.returncode == 0 else f"can't install {client.packages[0]}: {last_line(result.stderr)}"


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def result_of(client):
    """Runs a client. Returns whether it passed, or None if it was skipped, and what to print."""
    reason = install(client)
    if reason is None:
        result = run([sys.executable, HERE / client.program])
        if result.returncode != SKIPPED:
            passed = result.returncode == 0
            # Clients and their libraries warn about much that does not matter.
            return passed, result.stdout if passed else result.stdout + result.stderr
        reason = last_line(result.stdout)
    return None, reason


def main():
    chosen = [client for client in CLIENTS if not sys.argv[1:] or Path(client.program).stem in sys.argv[1:]]
    # All programs use the SDK to prepare the engine.
    install(CLIENTS[0])
    failed, skipped = [], []
    with ThreadPoolExecutor() as pool:
        waiting = {client.title: pool.submit(result_of, client) for client in chosen if client.mostly_waits}
        for client in sorted(chosen, key=lambda client: client.mostly_waits):
            started = time.monotonic()
            passed, output = waiting[client.title].result() if client.mostly_waits else result_of(client)
            print(f"{client.title} ({time.monotonic() - started:.0f} s):")
            if passed is None:
                skipped.append(f"{client.title}: {output}")
                output = f"skipped: {output}"
            required = client.essential and os.environ.get("OVIRT_CLIENTS_REQUIRED")
            if passed is False or passed is None and required:
                failed.append(client.title)
            print("".join(f"  {line}\n" for line in output.splitlines()), flush=True)
    if file := os.environ.get("OVIRT_CLIENTS_SKIPPED"):
        Path(file).write_text("".join(f"{line}\n" for line in skipped))
    for title in failed:
        print(f"FAILED {title}")
    print(f"{len(chosen) - len(failed) - len(skipped)} passed, {len(failed)} failed, {len(skipped)} skipped")
    sys.exit(1 if failed else 0)


main()
