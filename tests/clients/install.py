"""Installs clients from package registries, outside of the repository, and skips those that can't be installed."""

import os
import subprocess
import sys
from pathlib import Path

# The exit code of a program that skips itself. Its last line says why.
SKIPPED = 77


def skip(reason):
    """Ends the program: this client can't run here."""
    print(reason)
    sys.exit(SKIPPED)


def cache():
    """Returns the folder of everything that is installed."""
    return Path(os.environ["OVIRT_CLIENTS"])


def virtual_environment(name, alone, others=()):
    """Returns the folder of the programs of a virtual environment with packages of PyPI.

    Of the packages `alone`, the dependencies are not installed, if there are `others`: those take their place.
    """
    folder = cache() / name
    complete = folder / "complete"
    if not complete.exists():
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
        install = [[*pip, "--no-deps", *alone], [*pip, *others]] if others else [[*pip, *alone]]
        for command in [[sys.executable, "-m", "venv", "--clear", folder], *install]:
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                skip(f"can't install {name}: {last_line(result.stderr)}")
        complete.touch()
    return folder / "bin"


def last_line(text):
    return (text.strip().splitlines() or ["no output"])[-1]
