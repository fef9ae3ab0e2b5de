"""Runs the official Python SDK through every service that it has, on a fake engine.

The services, their methods and parameters come from the SDK's classes. Data says what to add (`python_sdk_objects.yml`,
`python_sdk_vms.yml`), which actions to call (`python_sdk_actions.yml`), and what is expected to fail, with reasons
(`python_sdk_expected.yml`). Every other failure fails the run, and so do elements and values that the SDK doesn't know,
exceptions that no longer occur, and methods that are neither called nor listed.
"""

import sys
from collections import Counter
from pathlib import Path

import yaml

import python_sdk_model as model
from engine import connect, running_engine
from python_sdk_changes import Changes
from python_sdk_reads import Reads


# Accounts of the directory that become users and groups of the engine.
ACCOUNTS = ["--user", "jdoe@internal:secret", "--group", "staff@internal:jdoe@internal"]


def main():
    objects, vms, actions, expected = (load(name) for name in ("objects", "vms", "actions", "expected"))
    with running_engine("--seed", "production", "--vms", "60", *ACCOUNTS) as engine:
        connection = connect(engine)
        observed = model.Observed()
        observed.install()
        changes = Changes(engine, connection, observed)
        for name, path in objects["given"].items():
            changes.find(name, path)
        changes.run(objects["before"] + vms["before"])
        reads = Reads(connection, observed, expected["reads"], changes.names.values())
        reads.visit(connection.system_service(), "")
        reads.check_exceptions()
        changes.run(actions["after"])
        changes.update()
        changes.remove()
        connection.close()
    report(changes, reads, expected["not_called"])


def load(name):
    return yaml.safe_load((Path(__file__).parent / f"python_sdk_{name}.yml").read_text())


def report(changes, reads, not_called):
    """Prints what was called and what failed, and ends the program."""
    methods = {
        f"{name}.{method}": model.kind(method)
        for name, service in model.service_classes().items()
        for method in model.methods(service)
    }
    calls = changes.calls + reads.calls
    problems = {call: [*reads.problems[call], *changes.problems[call]] for call in {*reads.problems, *changes.problems}}
    excluded = {call for group in not_called.values() for call in group}
    for call in methods:
        service, _, _ = call.partition(".")
        listed = call in excluded or service in excluded
        if not calls[call] and not listed:
            problems[call] = ["not called, and not listed with a reason"]
        if calls[call] and listed:
            problems[call] = ["called, although it is listed as not called"]
    for call, texts in sorted(problems.items()):
        print(f"FAILED {call}: {len(texts)} times, such as {texts[0][:600]}")
    total, called = Counter(methods.values()), Counter(methods[call] for call in methods if calls[call])
    print(f"{len({call.split('.')[0] for call in calls})} of {len(model.service_classes())} services")
    for name in ("read", "add", "update", "remove", "action"):
        print(f"{name}: {called[name]} of {total[name]} methods")
    for reason, group in not_called.items():
        print(f"not called: {len(group)}, {reason}")
    print(f"{calls.total()} calls, {reads.links} links, {len(problems)} methods failed")
    sys.exit(1 if problems else 0)


main()
