"""Plain data -> YAML, straight to libyaml's events: PyYAML's own way there takes a third of a generation's time."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import yaml
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

_TEXT = "tag:yaml.org,2002:str"
_dumper: Any = yaml.SafeDumper(io.StringIO())


def dump(value: Any) -> str:
    """Return *value* as YAML, in its own order. What is shared is written out each time: nobody need know anchors."""
    events: list[yaml.Event] = [StreamStartEvent(), DocumentStartEvent(explicit=False)]
    _put(events, value)
    events += [DocumentEndEvent(explicit=False), StreamEndEvent()]
    text: str = yaml.emit(events, Dumper=yaml.CSafeDumper, allow_unicode=True, width=120)
    return text


def _put(events: list[yaml.Event], value: Any) -> None:
    if isinstance(value, dict):
        events.append(MappingStartEvent(None, None, True, flow_style=False))
        for key, item in value.items():
            _put(events, key)
            _put(events, item)
        events.append(MappingEndEvent())
    elif isinstance(value, list):
        events.append(SequenceStartEvent(None, None, True, flow_style=False))
        for item in value:
            _put(events, item)
        events.append(SequenceEndEvent())
    elif isinstance(value, str):
        style = "|" if "\n" in value.strip("\n") else None
        events.append(ScalarEvent(None, _TEXT, (_is_text(value), True), value, style=style))
    else:
        node = _dumper.represent_data(value)
        events.append(ScalarEvent(None, node.tag, (True, False), node.value))


@lru_cache(maxsize=4096)
def _is_text(value: str) -> bool:
    """Whether *value* without quotes would be read as text, and not as a number, a date or a truth value."""
    return bool(_dumper.resolve(yaml.ScalarNode, value, (True, False)) == _TEXT)
