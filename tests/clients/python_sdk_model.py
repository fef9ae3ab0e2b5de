"""What the official Python SDK knows about the API, found by introspection: services, methods and parameters."""

import inspect
from collections import Counter
from xml.etree import ElementTree

from ovirtsdk4 import Struct, reader, services, writer, xml
from ovirtsdk4.service import Service

# Parameters that every method of the SDK has.
COMMON_PARAMETERS = {"self", "headers", "query", "wait", "kwargs"}


def service_classes():
    """Returns all classes of services by name."""
    return {
        name: value
        for name, value in vars(services).items()
        if inspect.isclass(value) and issubclass(value, Service) and value is not Service
    }


def methods(service_class):
    """Returns the methods that send requests, by name."""
    return {
        name: function
        for name, function in inspect.getmembers(service_class, inspect.isfunction)
        if not name.startswith("_") and name != "service" and not name.endswith("_service")
    }


def kind(method):
    """Returns the kind of a method: read, add, update, remove or action."""
    if method in ("get", "list"):
        return "read"
    if method in ("update", "remove"):
        return method
    # The variants of `add` have names such as `add_from_snapshot`.
    return "add" if method.split("_")[0] == "add" else "action"


def locators(service_class):
    """Returns the names of the locators of fixed paths, and the name of the one that takes an ID, or None."""
    fixed, by_id = [], None
    for name, function in inspect.getmembers(service_class, inspect.isfunction):
        if name.endswith("_service") and not name.startswith("_"):
            if len(inspect.signature(function).parameters) > 1:
                by_id = name
            else:
                fixed.append(name)
    return fixed, by_id


class _Types(Exception):
    """Carries the types that the SDK expects out of its check of types."""


def parameters(service_class, method):
    """Returns the types of the parameters of a method, by name.

    Every method first hands names, values and types to `_check_types`, and that is the only place where they are.
    """

    def capture(checked):
        raise _Types({name: type_ for name, _, type_ in checked})

    function = getattr(service_class, method)
    names = [name for name in inspect.signature(function).parameters if name not in COMMON_PARAMETERS]
    original = Service._check_types
    Service._check_types = staticmethod(capture)
    try:
        function(service_class(None, ""), **{name: None for name in names})
    except _Types as found:
        return {name: found.args[0][name] for name in names if name in found.args[0]}
    finally:
        Service._check_types = original
    return {}


def build(type_, data):
    """Builds an object of the SDK from plain data in the form of the API's documents.

    A list is under the tag of its items: `{"ranges": {"range": [{"from": "…", "to": "…"}]}}`. The SDK's own readers make the
    object.
    """
    return read(ElementTree.fromstring(writer.Writer.write(type_())).tag, data)


def build_list(data):
    """Builds a list of objects: `{"range": [{"from": "…", "to": "…"}]}`."""
    return [read(tag, item) for tag, items in data.items() for item in items]


def read(tag, data):
    return reader.Reader.read(ElementTree.tostring(_element(tag, data), "unicode"))


def _element(tag, data):
    element = ElementTree.Element(tag)
    if not isinstance(data, dict):
        element.text = str(data).lower() if isinstance(data, bool) else str(data)
        return element
    for name, value in data.items():
        if name in ("id", "href"):
            element.set(name, str(value))
        else:
            element.extend(_element(name, item) for item in (value if isinstance(value, list) else [value]))
    return element


def links(value):
    """Returns the names of the lists of an object that arrived only as a link."""
    return [
        name.lstrip("_")
        for name, field in vars(value).items()
        if isinstance(field, list) and not field and getattr(field, "href", None)
    ]


class Observed:
    """What the SDK's readers skip silently: elements that they don't know, and values that an enum doesn't have."""

    def __init__(self):
        self.skipped = Counter()

    def install(self):
        """From now on, every document that the SDK reads is observed."""
        observed = self

        class Cursor:
            """Forwards to the SDK's reader of XML, and records what is skipped."""

            def __init__(self, source):
                self._cursor = original_cursor(source)

            def __getattr__(self, name):
                return getattr(self._cursor, name)

            def next_element(self):
                """The readers call this only for elements that they don't know, and after links."""
                name = self._cursor.node_name()
                if name not in ("link", "actions"):
                    observed.skipped[f"unknown element {name}"] += 1
                self._cursor.next_element()

        def parse_enum(enum_type, text):
            value = original_enum(enum_type, text)
            if text is not None and value is None:
                observed.skipped[f"unknown value {text!r} of {enum_type.__name__}"] += 1
            return value

        original_cursor, original_enum = xml.XmlReader, reader.Reader.parse_enum
        reader.xml = type("xml", (), {"XmlReader": Cursor})
        reader.Reader.parse_enum = staticmethod(parse_enum)

    def so_far(self):
        """Returns everything that was skipped so far."""
        return self.skipped.copy()

    def since(self, before):
        """Returns what was skipped since then."""
        return sorted(self.skipped - before)


def describe(value):
    """Returns the fields of an object that are set, with nested objects as dictionaries; for comparisons and messages."""
    if isinstance(value, Struct):
        fields = {name.lstrip("_"): describe(field) for name, field in vars(value).items() if field is not None}
        return {name: field for name, field in fields.items() if field not in ({}, [])}
    if isinstance(value, list):
        return [describe(item) for item in value]
    return getattr(value, "value", value)
