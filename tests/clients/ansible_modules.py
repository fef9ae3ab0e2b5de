"""Runs modules of the Ansible collection ovirt.ovirt against fake engines, as `ansible_modules.yml` describes.

Each module creates an object, changes it and removes it, and does each of it twice: the second task must report that nothing
changed. Modules that only read run once. The tasks run in two playbooks at once, each with its own engine.
"""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from ansible_collections import ovirt

from engine import ansible_environment, running_engine

# So many playbooks run at the same time.
PLAYBOOKS = 2
# Arguments of every task, and of every task that changes something.
LOGIN = {"auth": "{{ ovirt_auth }}"}
WAITING = {"poll_interval": 0, "timeout": 20}
ENGINE = ["--seed", "small", "--speed", "200", "--user", "jdoe@internal:secret", "--group", "staff@internal:jdoe@internal"]


def tasks_of(row):
    """Yields the tasks of a row: a name, the arguments, and what is expected of the result."""
    if "read" in row:
        yield "read", row["read"], {"changed": False, "returns": row.get("returns", {})}
        return
    identity = row.get("identity", {})
    present = {**identity, **row.get("present", {})}
    yield "create", present, {"changed": True}
    yield "create again", present, {"changed": False, "returns": row.get("returns", {})}
    if "change" in row:
        changed = {**present, **row["change"]}
        yield "change", changed, {"changed": True}
        yield "change again", changed, {"changed": False, "returns": row.get("returns_then", {})}
    for state in row.get("states", []):
        arguments = {**identity, **state}
        yield state["state"], arguments, {"changed": True}
        yield f"{state['state']} again", arguments, {"changed": False}
    if "absent" in row:
        arguments = {**identity, **row["absent"], "state": "absent"}
        yield "remove", arguments, {"changed": True}
        yield "remove again", arguments, {"changed": False}


def playbook(rows):
    """Returns a playbook of all tasks of some rows, and what is expected of them, by the names of the tasks."""
    expected, tasks = {}, []

    def add(title, module, arguments, wanted):
        expected[title] = wanted
        arguments = {**LOGIN, **arguments} if "_info" in module else {**LOGIN, **WAITING, **arguments}
        tasks.append({"name": title, f"ovirt.ovirt.ovirt_{module}": arguments, "ignore_errors": True, "register": "last"})

    for row in rows:
        title = row.get("title", row["module"])
        for name, arguments, wanted in tasks_of(row):
            if name == "create":
                for number, step in enumerate(row.get("before", [])):
                    add(f"{title}: before {number}", step["module"], step["arguments"], {})
            add(f"{title}: {name}", row["module"], arguments, {**wanted, **row.get("expected", {}).get(name, {})})
            if name == "create":
                tasks.append({"name": f"{title}: keep", "ansible.builtin.set_fact": {"created": "{{ last }}"}})
    common = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    login = {**common, "tasks": [{"name": "log in", "ovirt.ovirt.ovirt_auth": {}}]}
    return [login, {**common, "tasks": tasks}], expected


def differences(wanted, actual, path=""):
    """Yields where a result lacks what is expected of it."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        for name, value in wanted.items():
            yield from differences(value, actual.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(actual, list) and len(wanted) == len(actual):
        for value, item in zip(wanted, actual):
            yield from differences(value, item, path)
    elif wanted != actual:
        yield f"{path} is {actual!r} instead of {wanted!r}"


def problems_of(result, wanted):
    """Yields what is wrong with the result of a task."""
    message = str(result.get("msg", ""))
    if "failed" in wanted:
        if not result.get("failed") or not re.search(wanted["failed"], message):
            yield f"expected to fail with {wanted['failed']!r}, but: {message or 'succeeded'}"
        return
    if result.get("failed"):
        yield message
        return
    if "changed" in wanted and bool(result.get("changed")) != wanted["changed"]:
        yield f"changed is {result.get('changed')}"
    if wanted.get("returns"):
        yield from differences(wanted["returns"], result)


def run(rows, number):
    """Runs the tasks of rows on an engine of their own. Returns how many tasks ran, and all problems."""
    book, expected = playbook(rows)
    with running_engine(*ENGINE) as engine:
        file = engine.folder / "playbook.json"
        file.write_text(json.dumps(book))
        environment = {**ansible_environment(engine), "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json"}
        program = Path(sys.executable).parent / "ansible-playbook"
        command = [program, "-i", "localhost,", "-e", f"ansible_python_interpreter={sys.executable}", file]
        output = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    try:
        plays = json.loads(output.stdout[output.stdout.index("{"):])["plays"]
    except (ValueError, LookupError):
        return 0, [f"playbook {number}: {output.stderr[-2000:]}{output.stdout[-2000:]}"]
    by_name = {result["task"]["name"]: result["hosts"]["localhost"] for play in plays for result in play["tasks"]}
    problems = [
        f"{name}: {problem}"
        for name, wanted in expected.items()
        for problem in (problems_of(by_name[name], wanted) if name in by_name else ["did not run"])
    ]
    return len(by_name), problems


def modules():
    """Returns the modules of the collection, without the one that logs in."""
    folder = Path(ovirt.__path__[0]) / "ovirt" / "plugins" / "modules"
    return {file.stem.removeprefix("ovirt_") for file in folder.glob("ovirt_*.py")} - {"auth"}


def main():
    rows = yaml.safe_load((Path(__file__).parent / "ansible_modules.yml").read_text())
    chosen = sys.argv[1:]
    rows = [row for row in rows if not chosen or row["module"] in chosen]
    with ThreadPoolExecutor(PLAYBOOKS) as pool:
        results = list(pool.map(run, (rows[part::PLAYBOOKS] for part in range(PLAYBOOKS)), range(PLAYBOOKS)))
    problems = [problem for _, found in results for problem in found]
    if not chosen:
        problems += [f"{module}: not in ansible_modules.yml" for module in modules() - {row["module"] for row in rows}]
    for problem in problems:
        print(f"FAILED {problem[:600]}")
    count = sum(tasks for tasks, _ in results)
    print(f"{len({row['module'] for row in rows})} modules, {count} tasks, {len(problems)} problems")
    sys.exit(1 if problems or not count else 0)


main()
