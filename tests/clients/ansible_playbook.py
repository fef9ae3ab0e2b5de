"""Runs `ansible.yml`, the life cycle of a VM with the Ansible collection ovirt.ovirt, on a fake engine."""

import subprocess
import sys
from pathlib import Path

from engine import ansible_environment, running_engine


def main():
    # Fast enough not to wait for VMs to boot, slow enough for the modules to see intermediate states.
    with running_engine("--speed", "20") as engine:
        program = Path(sys.executable).parent / "ansible-playbook"
        play = Path(__file__).parent / "ansible.yml"
        command = [program, "-i", "localhost,", "-e", f"ansible_python_interpreter={sys.executable}", play]
        result = subprocess.run(command, env=ansible_environment(engine), capture_output=True, text=True, check=False)
    print(result.stdout if result.returncode != 0 else f"{result.stdout.count('TASK [')} tasks")
    sys.exit(result.returncode)


main()
