# Copied from generator/runtime/inbox/twins.py by `make generate`. Edit it there.
"""Whether an event that was rebuilt and one that came tell the same, so that only one of them takes effect."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .store import DONE, Entry, Past


def twin_of(entry: Entry, history: Sequence[Past], alternating: Collection[str]) -> str | None:
    """Return the key of the entry that makes *entry* superfluous, if there is one.

    A rebuilt event is known to have happened in a stretch of time, not when. It stands for one event of the same topic
    in that stretch, whichever comes first; a second one is an event of its own. Every entry is a twin once at most.

    Args:
        entry: What is about to be handed over. Nothing else of its meeting is being handled.
        history: Everything of its meeting.
        alternating: The kinds that change a meeting's state. Of two of one kind, something else lies between.
    """
    taken = {past.twin for past in history}
    same = [past for past in history if past.topic == entry.topic and past.key not in taken]
    if entry.after is not None:
        found = [past for past in same if past.after is None and entry.after <= past.time <= entry.time]
        return found[-1].key if found else None
    return next((past.key for past in same if _told(entry, past, history, alternating)), None)


def _told(entry: Entry, rebuilt: Past, history: Sequence[Past], alternating: Collection[str]) -> bool:
    """Whether *rebuilt*, which was handed over, may have been *entry*."""
    if rebuilt.after is None or rebuilt.state != DONE or rebuilt.twin is not None:
        return False
    if not rebuilt.after <= entry.time <= rebuilt.time:
        return False
    # START, END, START: the rebuilt one was the first, if an END that nobody rebuilt lies before this.
    return entry.kind not in alternating or not any(
        past.after is None
        and past.twin is None
        and past.kind in alternating
        and past.topic != entry.topic
        and rebuilt.after < past.time < entry.time
        for past in history
    )
