"""YAML read together with the line of every value, so that a refusal can name it. Knows nothing of the law."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rules.errors import BadData

Location = tuple[str | int, ...]
Loader = yaml.SafeLoader | yaml.CSafeLoader
_LOADER: type[Loader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there


@dataclass(frozen=True)
class Document:
    """One file: its plain data, and the line on which each value (or its key) stands."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """The line of the nearest thing that is there: a missing key is reported where its parent starts."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def refuse(self, location: Location, reason: str) -> BadData:
        where = ".".join(str(part) for part in location)
        return BadData(self.name, self.line(location), f"{where}: {reason}" if where else reason)


def read(path: Path, name: str) -> Document:
    """Read one file that holds one record. Raises BadData for broken YAML, repeated keys and anything but a mapping."""
    return parse(path.read_bytes(), name)


def parse(text: bytes, name: str) -> Document:
    """One record out of the bytes of a file, as `read`; JSON is YAML too. Raises BadData."""
    loader = None
    try:
        loader = _LOADER(text.decode("utf-8"))
        return _document(loader, name)
    except (UnicodeDecodeError, yaml.reader.ReaderError) as broken:
        raise BadData(name, 1, f"not text in UTF-8: {broken.reason}") from broken
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        raise BadData(name, line, f"not YAML: {broken.problem}") from broken
    finally:
        if loader:
            loader.dispose()


def _document(loader: Loader, name: str) -> Document:
    root = loader.get_single_node()
    if not isinstance(root, yaml.MappingNode):
        raise BadData(name, 1, "a file holds one record, written as a mapping")
    lines: dict[Location, int] = {(): root.start_mark.line + 1}
    return Document(name, _Builder(loader, name, lines).mapping(root, ()), lines)


class _Builder:
    """Turns nodes into plain values and remembers their lines on the way."""

    def __init__(self, loader: Loader, name: str, lines: dict[Location, int]) -> None:
        self._loader = loader
        self._name = name
        self._lines = lines

    def value(self, node: yaml.Node, location: Location) -> Any:
        self._lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*location, index)) for index, item in enumerate(node.value)]
        try:
            return self._loader.construct_object(node)
        except ValueError as broken:  # a date that does not exist
            raise BadData(self._name, node.start_mark.line + 1, str(broken)) from broken

    def mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(self._loader.construct_object(key_node))
            line = key_node.start_mark.line + 1
            if key in built:
                raise BadData(self._name, line, f"{key}: written twice")
            self._lines[(*location, key)] = line
            built[key] = self.value(value_node, (*location, key))
        return built
