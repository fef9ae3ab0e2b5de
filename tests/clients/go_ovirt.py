"""Runs `go/main.go`, which uses go-ovirt, the Go SDK."""

import subprocess
import sys

from engine import running_engine
from go_build import go, program


def main():
    go("build", "-o", program("go-ovirt"), ".")
    with running_engine("--speed", "20") as engine:
        sys.exit(subprocess.run([program("go-ovirt")], env=engine.environment(), check=False).returncode)


main()
