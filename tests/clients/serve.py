"""Starts a fake engine and runs the clients against it, each with an engine of its own."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def with_engine(program, command, environment):
    """Runs a command while an engine runs; the environment tells it where."""
    with tempfile.TemporaryDirectory() as folder:
        # Quick, so that nobody waits for machines to boot; not so quick that states between are never seen.
        engine = subprocess.Popen(
            [program, "--ca", folder, "--speed", "20"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            found = re.search(r"https://\S+", engine.stdout.readline())
            if found is None:
                raise SystemExit(f"{program} does not say where it listens")
            where = {
                "OVIRT_URL": found.group(),
                "OVIRT_USERNAME": "admin@internal",
                "OVIRT_PASSWORD": "secret",
                "OVIRT_CAFILE": str(Path(folder) / "ca.pem"),
            }
            return subprocess.run(command, env={**os.environ, **environment, **where}, check=False).returncode
        finally:
            engine.terminate()
            engine.wait()


def main():
    program, python, environment = sys.argv[1:]
    here = Path(__file__).parent
    print("the official SDK for Python:", flush=True)
    failed = with_engine(program, [python, str(here / "python_sdk.py")], {})
    pip = [python, "-m", "pip", "install", "--quiet", "ansible"]
    playbook = Path(environment) / "bin" / "ansible-playbook"
    if not playbook.exists() and subprocess.run(pip, check=False).returncode != 0:
        print("skipped: Ansible can't be installed")
        return failed
    print("the Ansible collection ovirt.ovirt:", flush=True)
    play = [str(playbook), "-i", "localhost,", "-e", f"ansible_python_interpreter={python}", str(here / "ansible.yml")]
    return with_engine(program, play, {"ANSIBLE_NOCOWS": "1", "ANSIBLE_LOCALHOST_WARNING": "0"}) or failed


sys.exit(main())
