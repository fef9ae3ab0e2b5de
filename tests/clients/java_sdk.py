"""Runs `java/Program.java`, which uses the Java SDK from Maven Central."""

import shutil
import subprocess
from pathlib import Path

from engine import running_engine
from install import cache, last_line, skip

HERE = Path(__file__).parent / "java"


def run(*command):
    """Runs a command that installs or builds something. If it fails, this client can't run."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        skip(f"can't build the Java program: {last_line(result.stdout + result.stderr)}")


def main():
    for program in ("java", "javac", "keytool", "mvn"):
        if not shutil.which(program):
            skip(f"no {program}")
    folder = cache() / "java"
    folder.mkdir(parents=True, exist_ok=True)
    classpath = folder / "classpath"
    if not classpath.exists():
        # Maven writes files beside the project, so the project is a copy.
        shutil.copy(HERE / "pom.xml", folder)
        maven = ["mvn", "--quiet", "--batch-mode", "--file", folder / "pom.xml"]
        run(*maven, "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'jars'}")
        classpath.write_text(f"{folder / 'jars'}/*")
    run("javac", "-d", folder, "-cp", classpath.read_text(), HERE / "Program.java")
    with running_engine("--seed", "small", "--speed", "20") as engine:
        store = engine.folder / "trusted.p12"
        keytool = ["keytool", "-importcert", "-noprompt", "-keystore", store, "-storepass", "changeit"]
        run(*keytool, "-alias", "ca", "-file", engine.ca_file)
        environment = {**engine.environment(), "OVIRT_TRUST_STORE": str(store)}
        path = f"{folder}:{classpath.read_text()}"
        subprocess.run(["java", "-cp", path, "Program"], env=environment, check=True)


main()
