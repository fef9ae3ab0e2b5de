"""Runs each client against its own fake engine."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def run_with_engine(program, command, environment):
    """Starts an engine and runs a command with the connection in its environment. Returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        # Fast enough not to wait for VMs to boot, slow enough for clients to see intermediate states.
        arguments = ["--ca", folder, "--speed", "20", "--user", "jdoe@internal:secret"]
        engine = subprocess.Popen(
            [program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            url = re.search(r"https://\S+", engine.stdout.readline())
            if url is None:
                raise SystemExit(f"{program} printed no URL")
            connection = {
                "OVIRT_URL": url.group(),
                "OVIRT_USERNAME": "admin@internal",
                "OVIRT_PASSWORD": "secret",
                "OVIRT_CAFILE": str(Path(folder) / "ca.pem"),
            }
            return subprocess.run(command, env={**os.environ, **environment, **connection}, check=False).returncode
        finally:
            engine.terminate()
            engine.wait()


def main():
    program, python, virtual_environment = sys.argv[1:]
    here = Path(__file__).parent
    print("official Python SDK:", flush=True)
    failed = run_with_engine(program, [python, str(here / "python_sdk.py")], {})
    pip_install = [python, "-m", "pip", "install", "--quiet", "ansible"]
    playbook = Path(virtual_environment) / "bin" / "ansible-playbook"
    if not playbook.exists() and subprocess.run(pip_install, check=False).returncode != 0:
        print("skipped: can't install Ansible")
        return failed
    print("Ansible collection ovirt.ovirt:", flush=True)
    play = [str(playbook), "-i", "localhost,", "-e", f"ansible_python_interpreter={python}", str(here / "ansible.yml")]
    return run_with_engine(program, play, {"ANSIBLE_NOCOWS": "1", "ANSIBLE_LOCALHOST_WARNING": "0"}) or failed


sys.exit(main())
