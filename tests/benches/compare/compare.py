"""Measures ovirt-sdk beside the official SDKs for Python and Go; see README.md.

    compare.py FILE --rust PROGRAM [--go PROGRAM] [--rounds N]    prints the table
    compare.py FILE --round                                       one round of the Python SDK

A program gets FILE, a `<vms>` document, and prints the CPU seconds of one decoding, of one encoding with indentation and
of one encoding without, as far as it has them. The SDK for Python always indents, the one for Go never does. The programs
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
    print(decoded, encoded, "-")


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
            rounds.append(printed.split())
    megabytes = os.path.getsize(arguments.file) / 1e6
    print(f"{megabytes:.1f} MB, medians of {arguments.rounds} rounds, MB/s of the document's bytes")
    budgets = {
        ("decode", "Python"): 15,
        ("decode", "Go"): 8,
        ("encode indented", "Python"): 15,
        ("encode", "Go"): 3.5,
    }
    for position, what in enumerate(("decode", "encode indented", "encode")):
        columns = {name: [values[position] for values in rounds] for name, rounds in seconds.items()}
        measured = {name: column for name, column in columns.items() if "-" not in column}
        speeds = {name: megabytes / statistics.median(map(float, column)) for name, column in measured.items()}
        for name, speed in speeds.items():
            line = f"{what:15}  {name:10} {speed:8.1f} MB/s"
            if name != "ovirt-sdk" and "ovirt-sdk" in speeds:
                ratio = speeds["ovirt-sdk"] / speed
                line += f"   ovirt-sdk is {ratio:5.1f} times as fast"
            if (what, name) in budgets:
                line += f" (budget: {budgets[what, name]})"
            print(line)


if __name__ == "__main__":
    main()
