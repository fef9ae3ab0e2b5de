"""Runs a fake engine for a client, and advances its clock."""

import contextlib
import os
import re
import ssl
import subprocess
import tempfile
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Engine:
    """A running engine and how to connect to it."""

    url: str
    ca_file: str
    folder: Path
    username: str = "admin@internal"
    password: str = "secret"

    def environment(self):
        """Returns the environment variables of a client that connects to this engine."""
        return {
            **os.environ,
            "OVIRT_URL": self.url,
            "OVIRT_USERNAME": self.username,
            "OVIRT_PASSWORD": self.password,
            "OVIRT_CAFILE": self.ca_file,
        }

    def advance(self, amount="1h"):
        """Advances the clock. Everything that ends within this time has ended when the call returns."""
        origin = urllib.parse.urlsplit(self.url)
        address = f"{origin.scheme}://{origin.netloc}/fake-engine/clock"
        body = urllib.parse.urlencode({"advance": amount}).encode()
        context = ssl.create_default_context(cafile=self.ca_file)
        with urllib.request.urlopen(address, body, context=context) as response:
            response.read()


@contextlib.contextmanager
def running_engine(*arguments, authority=None):
    """Starts an engine, and stops it at the end. `authority` is the folder of a certificate authority to keep."""
    program = os.environ["OVIRT_FAKE_ENGINE"]
    with tempfile.TemporaryDirectory() as folder:
        authority = authority or folder
        command = [program, "--ca", authority, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            url = re.search(r"https://\S+", process.stdout.readline())
            if url is None:
                raise SystemExit(f"{program} printed no URL")
            yield Engine(url.group(), str(Path(authority) / "ca.pem"), Path(folder))
        finally:
            process.terminate()
            process.wait()


def ansible_environment(engine):
    """Returns the environment variables of Ansible's programs. Their files are in the folder of the engine."""
    return {
        **engine.environment(),
        "ANSIBLE_LOCAL_TEMP": str(engine.folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(engine.folder / "remote"),
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_NOCOWS": "1",
    }


def connect(engine, **options):
    """Connects the official Python SDK to an engine."""
    import ovirtsdk4

    settings = {
        "url": engine.url,
        "username": engine.username,
        "password": engine.password,
        "ca_file": engine.ca_file,
    }
    return ovirtsdk4.Connection(**{**settings, **options})
