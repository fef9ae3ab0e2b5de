"""Measures ovirt-sdk beside the official SDKs for Python and Go; see README.md.

    compare.py FILE --rust PROGRAM [--go PROGRAM] [--rounds N]    prints the table
    compare.py FILE --round                                       one round of the Python SDK

A program gets FILE, a `<vms>` document, and prints the CPU seconds of one decoding and of one encoding. The programs
take turns, so that a machine that is busy for a while is so for all of them; medians are compared.
"""

import argparse
import gc
import io
import os
import statistics
import subprocess
import sys
import time


def python_round(path):
    from ovirtsdk4 import List, readers, types, writers, xml

    with open(path, "rb") as file:
        data = file.read()
    gc.collect()
    start = time.process_time()
    reader = xml.XmlReader(io.BytesIO(data))
    vms = readers.VmReader.read_many(reader)
    reader.close()
    decoded = time.process_time() - start
    assert isinstance(vms[0], types.Vm) and isinstance(vms[0].nics, List)
    gc.collect()
    start = time.process_time()
    writer = xml.XmlWriter(None, True)
    writers.VmWriter.write_many(vms, writer, "vm", "vms")
    text = writer.string()
    encoded = time.process_time() - start
    writer.close()
    assert len(text) > len(data) / 4
    print(decoded, encoded)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--rust")
    parser.add_argument("--go")
    parser.add_argument("--before", help="an earlier build of the program for --rust")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--round", action="store_true")
    arguments = parser.parse_args()
    if arguments.round:
        return python_round(arguments.file)
    commands = {
        "ovirt-sdk": [arguments.rust, arguments.file],
        "before": [arguments.before, arguments.file],
        "Python": [sys.executable, __file__, arguments.file, "--round"],
        "Go": [arguments.go, arguments.file],
    }
    seconds = {name: [] for name, command in commands.items() if command[0]}
    for _ in range(arguments.rounds):
        for name, rounds in seconds.items():
            printed = subprocess.run(commands[name], check=True, capture_output=True, text=True).stdout
            rounds.append([float(value) for value in printed.split()])
    megabytes = os.path.getsize(arguments.file) / 1e6
    budgets = {"before": (1, 1), "Python": (15, 15), "Go": (8, 3.5)}
    speeds = {
        name: [megabytes / statistics.median(column) for column in zip(*rounds)] for name, rounds in seconds.items()
    }
    print(f"{megabytes:.1f} MB, medians of {arguments.rounds} rounds, MB/s of the document's bytes")
    for position, what in enumerate(("decode", "encode")):
        for name, speed in speeds.items():
            line = f"{what}  {name:10} {speed[position]:8.1f} MB/s"
            if name in budgets and "ovirt-sdk" in speeds:
                ratio = speeds["ovirt-sdk"][position] / speed[position]
                line += f"   ovirt-sdk is {ratio:5.1f} times as fast (budget: {budgets[name][position]})"
            print(line)


if __name__ == "__main__":
    main()
