"""Adds, changes and removes objects, and calls actions, through the official Python SDK.

What to send is data: the smallest body that an engine accepts for each collection, and the parameters of each action.
"""

import functools
import inspect
import re
from collections import Counter, defaultdict

import ovirtsdk4 as sdk

import python_sdk_model as model

# The first of these fields that a type has is changed, where the data names no other change.
CHANGED_FIELDS = ("description", "comment", "name")


class Changes:
    """Runs steps. A step adds an object or calls an action; added objects are updated and removed at the end."""

    def __init__(self, engine, connection, observed):
        self.engine = engine
        self.system = connection.system_service()
        self.observed = observed
        self.names = {}  # IDs by the names in the data
        self.added = []  # (step, service of the object, object)
        self.calls = Counter()  # by service and method
        self.problems = defaultdict(list)  # by service and method

    def find(self, name, path, field=None, parameters=None):
        """Finds an object that nothing here has added: by its name, or any one (`*`) of a list.

        With `field`, the value of that field of an object gets the name.
        """
        if field:
            value = self.system.service(self.resolve(path)).get(**parameters)
            self.names[name] = functools.reduce(getattr, field.split("."), value)
            return
        collection, _, wanted = path.rpartition("/")
        items = self.system.service(self.resolve(collection)).list()
        found = [item.id for item in items if wanted in ("*", item.name, item.id)]
        if not found:
            raise SystemExit(f"the engine has no {path}")
        self.names[name] = found[0]

    def resolve(self, text):
        """Replaces `$name` by the ID of an object."""
        return re.sub(r"\$(\w+)", lambda match: self.names[match.group(1)], text)

    def build(self, type_, data):
        """Builds the value of a parameter: an object or a list in the form of the API's documents, an enum, or a scalar."""
        data = self.resolved(data)
        if type_ is list:
            return model.build_list(data)
        if issubclass(type_, sdk.Struct):
            return model.build(type_, data)
        return type_(data)

    def resolved(self, data):
        if isinstance(data, dict):
            return {name: self.resolved(value) for name, value in data.items()}
        if isinstance(data, list):
            return [self.resolved(item) for item in data]
        return self.resolve(data) if isinstance(data, str) else data

    def call(self, step, service, method, *arguments, **parameters):
        """Calls a method, lets its work end, and records a failure. Returns whether it succeeded, and its result."""
        call = f"{type(service).__name__}.{method}"
        self.calls[call] += 1
        before = self.observed.so_far()
        refused = step.get("refused") if method == step.get("method") else None
        try:
            result = getattr(service, method)(*arguments, **parameters)
        except Exception as error:  # the SDK raises a plain Exception for a body that isn't XML
            if not refused or not re.search(refused, str(error)):
                self.problems[call].append(f"{service._path}: {error!r}")
            return False, None
        finally:
            self.engine.advance(step.get("advance", "5m"))
        if refused:
            self.problems[call].append(f"{service._path}: accepted, but expected: {refused}")
        for unknown in self.observed.since(before):
            self.problems[call].append(f"{service._path}: {unknown}")
        return True, result

    def run(self, steps):
        for step in steps:
            try:
                if "find" in step:
                    self.find(step["as"], step["find"], step.get("field"), step.get("with", {}))
                elif "add" in step:
                    self.add(step, self.resolve(step["add"]))
                else:
                    self.act(step, self.resolve(step["call"]))
            except KeyError as name:
                self.problems[step.get("add") or step.get("call") or step["find"]].append(f"not run: there is no {name}")

    def add(self, step, path):
        step.setdefault("method", "add")
        service, method = self.system.service(path), step["method"]
        call = f"{type(service).__name__}.{method}"
        wanted = model.parameters(type(service), method)
        body, *_ = wanted
        sent = self.build(wanted[body], step.get("body") or {})
        succeeded, value = self.call(step, service, method, sent, **self.parameters(wanted, step))
        if not succeeded:
            return
        if isinstance(value, list):
            sent, value = sent[0], value[0]
        for difference in differences(sent, value, step.get("differs", {})):
            self.problems[call].append(f"{path}: {difference}")
        if "as" in step:
            self.names[step["as"]] = value.id
        locator = model.locators(type(service))[1]
        if getattr(value, "id", None) and locator:
            self.added.append((step, getattr(service, locator)(step.get("id", value.id)), sent))

    def act(self, step, path):
        path, _, step["method"] = path.rpartition(".")
        service = self.system.service(path)
        wanted = model.parameters(type(service), step["method"])
        _, value = self.call(step, service, step["method"], **self.parameters(wanted, step))
        if "as" in step and value is not None:
            self.names[step["as"]] = value.id

    def parameters(self, wanted, step):
        return {name: self.build(wanted[name], value) for name, value in step.get("with", {}).items()}

    def update(self):
        """Changes every added object, and checks that only what was sent has changed."""
        for step, service, sent in self.added:
            if "update" not in model.methods(type(service)) or "not_updated" in step:
                continue
            call = f"{type(service).__name__}.update"
            change = step.get("update") or self.default_change(type(sent))
            wanted = model.parameters(type(service), "update")
            type_, *_ = wanted.values()
            changed = self.build(type_, change)
            succeeded, value = self.call({}, service, "update", changed)
            if not succeeded:
                continue
            exceptions = {**step.get("differs", {}), **step.get("differs_later", {})}
            for source in (value, self.read(step, service)) if "get" in model.methods(type(service)) else (value,):
                kept = {name: item for name, item in vars(sent).items() if name.lstrip("_") not in change}
                for difference in [*differences(changed, source, exceptions), *differences(kept, source, exceptions)]:
                    self.problems[call].append(f"{service._path}: {difference}")

    def default_change(self, type_):
        fields = inspect.signature(type_).parameters
        return {next(field for field in CHANGED_FIELDS if field in fields): "changed"}

    def read(self, step, service):
        return self.call(step, service, "get")[1]

    def remove(self):
        """Removes the added objects, the newest first, and checks that they are gone."""
        for step, service, _ in reversed(self.added):
            methods = model.methods(type(service))
            if "remove" not in methods or "not_removed" in step:
                continue
            self.run(step.get("before_removal", []))
            refused = {"method": "remove", "refused": step.get("remove_refused")}
            succeeded, _ = self.call(refused, service, "remove", **step.get("remove_with", {}))
            if not succeeded or "get" not in methods:
                continue
            call = f"{type(service).__name__}.remove"
            try:
                service.get()
                self.problems[call].append(f"{service._path}: still there after its removal")
            except sdk.Error as error:
                if not re.search(step.get("gone", "code is 404"), str(error)):
                    self.problems[call].append(f"{service._path}: after its removal: {error}")


def differences(sent, returned, exceptions, path=""):
    """Yields the path of each field that was sent but did not come back, and what came back.

    `exceptions` names the fields that engines return differently. A field that is not different after all is yielded, too.
    """
    fields = vars(sent) if isinstance(sent, sdk.Struct) else sent
    for name, value in fields.items():
        name = name.lstrip("_")
        here = f"{path}.{name}".lstrip(".")
        if value is None or name == "href":
            continue
        found = list(field_differences(value, getattr(returned, name, None), exceptions, here))
        if here not in exceptions:
            yield from found
        elif not found:
            yield f"{here} came back as it was sent, but is listed as an exception"


def field_differences(value, actual, exceptions, path):
    if isinstance(value, sdk.Struct) and actual is not None:
        yield from differences(value, actual, exceptions, path)
    elif isinstance(value, list) and value and isinstance(value[0], sdk.Struct) and len(actual or []) == len(value):
        for item, other in zip(value, actual):
            yield from differences(item, other, exceptions, path)
    elif actual != value:
        shown = f"{len(actual)} items" if isinstance(actual, list) else repr(actual)
        yield f"{path} is {shown} instead of {model.describe(value)!r}"
