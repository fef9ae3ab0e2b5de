"""Builds the Go programs from the module in `go`. The modules come from the Go module proxy."""

import shutil
import subprocess
from pathlib import Path

from install import cache, last_line, skip

SOURCES = Path(__file__).parent / "go"


def go(*arguments):
    """Runs `go`. If it fails, this client can't run. Returns what it prints."""
    if not shutil.which("go"):
        skip("no Go")
    result = subprocess.run(["go", *arguments], cwd=SOURCES, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        skip(f"can't build the Go programs: {last_line(result.stderr)}")
    return result.stdout.strip()


def program(name):
    """Returns the path of a program to build."""
    folder = cache() / "go"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name
