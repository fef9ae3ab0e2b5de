"""Reads everything that the official Python SDK can reach from the system service."""

import re
from collections import Counter, defaultdict

import ovirtsdk4 as sdk

import python_sdk_model as model

# So many objects of each list are followed into their own services.
OBJECTS_PER_LIST = 2


class Reads:
    def __init__(self, connection, observed, expected, chosen):
        self.connection = connection
        self.observed = observed
        self.expected = expected
        self.chosen = set(chosen)  # IDs of objects that are read wherever they are
        self.calls = Counter()  # by service and method
        self.links = 0
        self.problems = defaultdict(list)  # by service and method
        self.refused = Counter()
        self.differed = set()  # (call, field)

    def problem(self, call, text):
        self.problems[call].append(text)

    def call(self, service, method, path, **arguments):
        """Calls a method. Returns None after an expected exception, and records any other one."""
        call = f"{type(service).__name__}.{method}"
        self.calls[call] += 1
        before = self.observed.so_far()
        try:
            result = getattr(service, method)(**arguments)
        except sdk.Error as error:
            text = f"{path} {arguments or ''}: {error}"
            pattern = self.expected.get(call, {}).get("error")
            if pattern and re.search(pattern, str(error)):
                self.refused[call] += 1
            else:
                self.problem(call, text)
            return None
        except Exception as error:  # the SDK raises a plain Exception for a body that isn't XML
            self.problem(call, f"{path} {arguments or ''}: {error!r}")
            return None
        for unknown in self.observed.since(before):
            self.problem(call, f"{path}: {unknown}")
        return result

    def visit(self, service, path):
        """Calls the read methods of a service, and visits all services below it."""
        methods = model.methods(type(service))
        value = self.read(service, "get", path) if "get" in methods else None
        items = self.read_list(service, path) if "list" in methods else []
        fixed, by_id = model.locators(type(service))
        if by_id:
            chosen = [item for item in items if item.id in self.chosen]
            others = [item for item in items if item.id not in self.chosen]
            for item in [*chosen, *spread(others, OBJECTS_PER_LIST)]:
                below = getattr(service, by_id)(item.id)
                self.compare(below, item, f"{path}/{item.id}")
                self.visit(below, f"{path}/{item.id}")
        for locator in fixed:
            below = getattr(service, locator)()
            self.visit(below, below._path)
        return value

    def read(self, service, method, path):
        """Calls a method plainly, and again with all of its optional parameters."""
        result = self.call(service, method, path)
        if result is None:
            return None
        options = self.options(service, method)
        if options:
            self.call(service, method, path, **options)
        self.follow(service, method, path, result)
        return result

    def read_list(self, service, path):
        call = f"{type(service).__name__}.list"
        expected = self.expected.get(call, {})
        items = self.read(service, "list", path)
        if items is None:
            return []
        if not isinstance(items, list):
            self.problem(call, f"{path}: {type(items).__name__} instead of a list")
            return []
        if "max" in model.parameters(type(service), "list") and len(items) > 1:
            first = self.call(service, "list", path, max=1)
            if first is not None and (len(first) > 1) != expected.get("ignores_max", False):
                self.problem(call, f"{path}: {len(first)} items with max=1")
        identifiers = [item.id for item in items]
        if items and (None in identifiers) != expected.get("no_identifiers", False):
            self.problem(call, f"{path}: identifiers: {identifiers[:3]}")
        if None not in identifiers and len(set(identifiers)) < len(identifiers):
            self.problem(call, f"{path}: items with the same ID")
        return [item for item in items if item.id is not None]

    def options(self, service, method):
        """Returns a value for each optional parameter whose value can be chosen without knowing its meaning."""
        return {
            name: True
            for name, type_ in model.parameters(type(service), method).items()
            if type_ is bool and name not in ("filter", "async_")
        }

    def compare(self, service, item, path):
        """Checks that an object has the same identity and name in its list and alone."""
        if "get" not in model.methods(type(service)):
            return
        value = self.call(service, "get", path)
        if value is None:
            return
        call = f"{type(service).__name__}.get"
        if type(value) is not type(item):
            self.problem(call, f"{path}: {type(value).__name__}, but the list has {type(item).__name__}")
        for field in ("id", "name", "href"):
            alone, listed = getattr(value, field, None), getattr(item, field, None)
            if alone != listed:
                self.differed.add((call, field))
                if field not in self.expected.get(call, {}).get("differs", []):
                    self.problem(call, f"{path}: {field} is {alone!r}, but {listed!r} in the list")

    def follow(self, service, method, path, result):
        """Follows the links of an object: on its own, and as part of the same request."""
        value = next(iter(result), None) if isinstance(result, list) else result
        if not isinstance(value, sdk.Struct):
            return
        call = f"{type(service).__name__}.{method}"
        names = model.links(value)
        for name in names:
            self.links += 1
            try:
                target = self.connection.follow_link(getattr(value, name))
            except Exception as error:
                self.link_problem(call, name, f"{path}: {name}: {error}")
                continue
            if not isinstance(target, list):
                self.link_problem(call, name, f"{path}: {name} is {type(target).__name__}")
        if method != "get" or "follow" not in model.parameters(type(service), method):
            return
        for name in names:
            if name in self.expected.get(call, {}).get("not_followed", []):
                self.check_not_followed(service, path, name)
            else:
                self.call(service, method, path, follow=name)

    def check_not_followed(self, service, path, name):
        """Checks that a link that can't be followed as a part of a request still can't."""
        try:
            service.get(follow=name)
        except sdk.Error:
            return
        self.problem(f"{type(service).__name__}.get", f"{path}: {name} can be followed")

    def link_problem(self, call, name, text):
        if name not in self.expected.get(call, {}).get("not_followed", []):
            self.problem(call, text)

    def check_exceptions(self):
        """Records expected exceptions that did not occur."""
        for call, exception in self.expected.items():
            if "error" in exception and not self.refused[call]:
                self.problem(call, "the expected error no longer occurs")
            for field in exception.get("differs", []):
                if (call, field) not in self.differed:
                    self.problem(call, f"{field} no longer differs")


def spread(items, count):
    """Returns up to `count` items from all over a list."""
    step = max(1, len(items) // count)
    return items[::step][:count]
