"""Finding out, from the API, what happened while no callback arrived."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from .._runtime.errors import APIError, ConfigurationError, printable
from .._runtime.events import UnknownEvent, message_of
from .._runtime.lenient import is_object
from .entries import entry_of, queue_of, topic_of
from .store import Past, Store

if TYPE_CHECKING:
    from .inbox import Reader


@dataclass(frozen=True)
class Rebuilt:
    """An event that must have happened, now kept like one that came."""

    meeting: int
    kind: str
    key: str


@dataclass(frozen=True)
class Report:
    """What reconciling found."""

    meetings: int
    """How many meetings were looked at."""
    rebuilt: Sequence[Rebuilt]
    """What is new. Empty the second time."""
    unresolved: Mapping[int, str]
    """Meetings about which something could not be found out, and why."""
    lost: Sequence[str]
    """The kinds of events that no API tells about: of these, nothing can be said."""


def reconcile(
    webhook: Reader[Any], store: Store, client: Any, *, now: Callable[[], float], listed: bool, app_key: str | None
) -> Report:
    """Look at all meetings, and keep what was missed. See ``Inbox.reconcile``."""
    facts = webhook.rebuild
    if inspect.iscoroutinefunction(attrgetter(facts.state[0])(client)):
        raise TypeError("reconcile wants a MeetingClient; run it in a thread of an asynchronous program.")
    meetings = store.meetings()
    if app_key is None:
        app_keys = {key for key, _ in meetings}
        if len(app_keys) > 1:
            raise ConfigurationError(
                f"This inbox keeps events of {len(app_keys)} applications, and a client is of one: "
                "call reconcile once for each, with its client and app_key=."
            )
        app_key = next(iter(app_keys), None)
    run = _Run(webhook, store, client, now, app_key)
    for key, number in meetings:
        if key == app_key:
            run.look_at(number)
    operation, argument, _ = facts.listed
    for type_ in facts.begun if listed else ():
        for row in attrgetter(operation)(client)(**{argument: type_}):
            run.look_at(int(msgspec.to_builtins(row)[facts.order[0]]), type_)
    lost = [kind for kind in facts.numbers if kind not in facts.missing and kind != facts.items[1]]
    return Report(len(run.seen), run.rebuilt, run.unresolved, lost)


class _Run:
    def __init__(
        self, webhook: Reader[Any], store: Store, client: Any, now: Callable[[], float], app_key: str | None
    ) -> None:
        self._webhook = webhook
        self._facts = webhook.rebuild
        self._store = store
        self._client = client
        self._now = now
        self._app_key = app_key
        self.seen: set[int] = set()
        self.rebuilt: list[Rebuilt] = []
        self.unresolved: dict[int, str] = {}

    def look_at(self, number: int, type_: int | None = None) -> None:
        """Compare one meeting with what is known of it. *type_* is its type, where the list told it."""
        history = () if self._app_key is None else self._store.history(queue_of(self._app_key, number, ""))
        if number in self.seen and any(past.kind in self._facts.missing for past in history):
            return  # the list tells its type, which only matters where no state is known
        self.seen.add(number)
        noticed = int(self._now() * 1000)  # before the meeting is read: what it shows happened no later
        try:
            fields = {**self._facts.unknown, **self._remembered(history)}
            if type_ is not None:
                fields[self._facts.listed[2]] = type_
            fields |= self._states(number, history, fields, noticed, type_)
            self._items(number, history, fields, noticed)
        except APIError as error:
            self.unresolved[number] = printable(str(error))

    def _remembered(self, history: Sequence[Past]) -> dict[str, Any]:
        """Return the facts about a meeting that its callbacks told."""
        wanted = {*self._facts.fields, *self._facts.unknown}
        told: dict[str, Any] = {}
        for past in history:
            content = message_of(past.body).get(self._facts.message[1])
            if is_object(content):
                told |= {name: content[name] for name in wanted & content.keys()}
        return told

    def _states(
        self, number: int, history: Sequence[Past], fields: dict[str, Any], noticed: int, type_: int | None
    ) -> dict[str, Any]:
        """Rebuild changes of state; return the facts that the meeting itself tells."""
        last = next((past for past in reversed(history) if past.kind in self._facts.missing), None)
        steps = self._facts.missing[last.kind if last is not None else ""]
        if last is None and type_ is not None:
            steps = {**dict.fromkeys(steps, ()), **self._facts.begun[type_]}
        if last is not None and not any(steps.values()):
            return {}  # it is over
        operation, argument, status = self._facts.state
        meeting = msgspec.to_builtins(attrgetter(operation)(self._client)(**{argument: number}))
        shown = {
            name: meeting[source] for name, source in self._facts.fields.items() if meeting.get(source) is not None
        }
        kinds = steps.get(meeting[status])
        if kinds is None:
            known = last.kind if last is not None else "nothing"
            self.unresolved[number] = f"{status} is {meeting[status]}, which cannot come after {known}"
            return shown
        after = last.time if last is not None else -1
        for place, kind in enumerate(kinds):
            key = f"rebuilt {kind} of {number} after {after} {place}"
            self._keep(key, kind, number, {**fields, **shown}, after, max(noticed, after + 1))
        return shown

    def _items(self, number: int, history: Sequence[Past], fields: dict[str, Any], noticed: int) -> None:
        """Rebuild the events of files that are there."""
        operation, kind, field = self._facts.items
        known = {past.topic for past in history}
        for file in attrgetter(operation)(self._client)(**{self._facts.state[1]: number}):
            content = {**fields, field: msgspec.to_builtins(file)}
            topic = topic_of(self._event(kind, number, content, noticed)[0], self._facts)
            if topic not in known:
                self._keep(f"rebuilt {topic}", kind, number, content, -1, noticed)

    def _event(self, kind: str, number: int, content: dict[str, Any], moment: int) -> tuple[Any, bytes]:
        per, by = self._facts.order
        tag, body = self._facts.message
        message = {tag: self._facts.numbers[kind], body: {**content, per: number, by: moment}}
        encoded = msgspec.json.encode(message)
        return self._webhook.read(encoded, app_key=self._app_key), encoded

    def _keep(self, key: str, kind: str, number: int, content: dict[str, Any], after: int, moment: int) -> None:
        event, body = self._event(kind, number, content, moment)
        if isinstance(event, UnknownEvent):
            self.unresolved[number] = f"{kind} happened, but too little of it is known: {event.problem}"
            return
        now = self._now()
        key = f"{key} of {event.app_key}"  # meetings of two applications can have the same number
        entry = replace(entry_of(event, body, self._facts, now, now), key=key, after=after)
        if self._store.put(entry):
            self.rebuilt.append(Rebuilt(number, kind, key))
