"""Uploads and downloads disks with `ovirt-img`, the program of ovirt-imageio, and compares what arrives.

Each image goes up as it is, comes down again as raw and as QCOW2, and must have the same content as the first one.
"""

import os
import subprocess
import sys
from pathlib import Path

from engine import connect, running_engine

MIB = 1 << 20


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def make_images(folder):
    """Makes a raw image with data, zeroes and a hole, and the same as QCOW2. Returns both by format."""
    raw = folder / "image.raw"
    with raw.open("wb") as file:
        file.write(os.urandom(5 * MIB + 512))
        file.seek(20 * MIB)
        file.write(os.urandom(3 * MIB))
        file.truncate(64 * MIB)
    qcow2 = folder / "image.qcow2"
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, qcow2)
    return {"raw": raw, "qcow2": qcow2}


def main():
    tool = Path(sys.executable).parent / "ovirt-img"
    checks = 0
    with running_engine("--speed", "100") as engine:
        images = make_images(engine.folder)
        password = engine.folder / "password"
        password.write_text(engine.password)
        login = ["--engine-url", engine.url.removesuffix("/ovirt-engine/api"), "--username", engine.username]
        login += ["--password-file", password, "--cafile", engine.ca_file]
        disks = connect(engine).system_service().disks_service()
        for source, image in images.items():
            for stored in ("raw", "qcow2"):
                name = f"{source}-as-{stored}"
                run(tool, "upload-disk", *login, "--storage-domain", "data", "--format", stored, "--name", name, image)
                [disk] = disks.list(search=f"name={name}")
                if disk.format.value != {"raw": "raw", "qcow2": "cow"}[stored] or disk.provisioned_size != 64 * MIB:
                    raise AssertionError(f"{name}: the engine has {disk.format} and {disk.provisioned_size} bytes")
                for wanted in ("raw", "qcow2"):
                    target = engine.folder / f"{name}.{wanted}"
                    run(tool, "download-disk", *login, "--format", wanted, disk.id, target)
                    run("qemu-img", "compare", "-f", source, "-F", wanted, image, target)
                    if wanted == "raw":
                        run("cmp", images["raw"], target)
                    checks += 1
                    target.unlink()
    print(f"{checks} downloads have the content of what was uploaded")


main()
