"""One transfer with another client; started by `main.rs`.

    driver.py imageio upload | download URL FILE AUTHORITY FORMAT
    driver.py run COMMAND…

Prints seconds on the clock, seconds of the transfer on the processor (in the program, in the kernel), seconds of this
process and its children on the processor, and the memory at most in MiB.
"""

import os
import resource
import subprocess
import sys
import time


def used():
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime for one in usage), sum(one.ru_stime for one in usage)


def imageio(direction, url, path, authority, format):
    if direction == "upload":
        client.upload(path, url, authority)
    else:
        client.download(url, path, authority, fmt=format)
    # Not `ru_maxrss`, which includes the memory of the parent before `exec`.
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


def run(*command):
    subprocess.run(command, check=True)
    if command[0] == "curl" and "--output" in command:
        # The other programs do it, too.
        with open(command[command.index("--output") + 1], "rb+") as file:
            os.fsync(file)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


if sys.argv[1] == "imageio":
    from ovirt_imageio import client

before, began = used(), time.monotonic()
peak = {"imageio": imageio, "run": run}[sys.argv[1]](*sys.argv[2:])
wall, (user, system) = time.monotonic() - began, used()
print(wall, user - before[0], system - before[1], user + system, peak / 1024)
