"""Plain data -> YAML, straight to libyaml's events: PyYAML's own way there takes a third of a generation's time."""

from __future__ import annotations

import io
from collections.abc import Callable
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
    _put(events.append, value)
    events += [DocumentEndEvent(explicit=False), StreamEndEvent()]
    text: str = yaml.emit(events, Dumper=yaml.CSafeDumper, allow_unicode=True, width=120)
    return text


def _put(put: Callable[[yaml.Event], None], value: Any) -> None:
    if isinstance(value, str):
        put(_text(value))
    elif isinstance(value, dict):
        put(_MAPPING)
        for key, item in value.items():
            put(_text(key))
            if type(item) is str:
                put(_text(item))
            else:
                _put(put, item)
        put(_END_OF_MAPPING)
    elif isinstance(value, list):
        put(_SEQUENCE)
        for item in value:
            _put(put, item)
        put(_END_OF_SEQUENCE)
    else:
        node = _dumper.represent_data(value)
        put(ScalarEvent(None, None, (True, False), node.value))


# The emitter only reads events, so those that say the same are one object: making them was most of the work.
_MAPPING, _END_OF_MAPPING = MappingStartEvent(None, None, True, flow_style=False), MappingEndEvent()
_SEQUENCE, _END_OF_SEQUENCE = SequenceStartEvent(None, None, True, flow_style=False), SequenceEndEvent()


@lru_cache(maxsize=65536)
def _text(value: str) -> yaml.Event:
    # Whether it would be read as text without quotes, and not as a number, a date or a truth value.
    is_text = _dumper.resolve(yaml.ScalarNode, value, (True, False)) == _TEXT
    style = "|" if "\n" in value.strip("\n") else None
    return ScalarEvent(None, None, (is_text, True), value, style=style)
