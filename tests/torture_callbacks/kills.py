"""10 000 events, 500 SIGKILLs: what is lost, what happens twice, what comes out of order; and how fast it goes."""

from __future__ import annotations

import random
import socket
import statistics
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from netease_meeting.inbox import Delivery, Inbox
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Event

from tests.figure import Figure

from .places import Place, place
from .processes import CONTEXT, Crew, Sender, receiver, webhook, worker

EVENTS, KILLS, MEETINGS = 10_000, 500, 400


def kills(kind: str, seed: int) -> Figure:
    """Let the sandbox tell of 10 000 events while receivers and workers die."""
    chance = random.Random(seed)
    sandbox = Sandbox(seed=seed)
    with place(kind) as made, socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        workers = 2 if kind == "sqlite" else 4
        jobs: list[tuple[Callable[..., None], tuple[Any, ...]]] = [(receiver, (listener, made))] * 2
        crew = Crew([*jobs, *[(worker, (made,))] * workers], chance)
        try:
            sender = Sender(listener.getsockname()[1], sandbox.document.delivery["timeout"])
            turn = threading.Semaphore(0)
            killer = threading.Thread(target=kill_in_time, args=(crew, turn, chance.randrange(2**32)))
            killer.start()
            tell(sandbox, sender, chance, turn)
            killer.join()
            sandbox.advance(sum(sandbox.document.delivery["schedule"]) + 1)
            finished = wait_until_done(made)
        finally:
            crew.stop()
        return judge(kind, sandbox, made, sender, crew, finished)


def tell(sandbox: Sandbox, sender: Sender, chance: random.Random, turn: threading.Semaphore) -> None:
    """Have people join and leave. What waits between two kills is shuffled; three of ten such lots are sent twice."""
    host = sandbox.client().accounts.create().account_id
    meetings = [
        sandbox.world.meetings.create(None, type=1, subject=f"m{number}", host=host, owner=host)
        for number in range(MEETINGS)
    ]
    for batch in range(1, KILLS + 1):
        while len(sandbox.callbacks.log()) < batch * EVENTS // KILLS:
            meeting = chance.choice(meetings)
            sandbox.clock.move_to(sandbox.clock.millis() + 1)
            guest = f"guest {chance.randrange(10**9)}"
            sandbox.world.meetings.enter(meeting, guest, "phone")
            if chance.random() < 0.5:
                sandbox.world.meetings.leave(meeting, guest, "phone")
                meetings = [one for one in meetings if not sandbox.world.meetings.is_final(one)]
                while len(meetings) < MEETINGS:
                    meetings.append(sandbox.world.meetings.create(None, type=1, subject="next", host=host, owner=host))
        turn.release()
        sandbox.set_callback(sender, shuffle=True, duplicate=chance.random() < 0.3)
        sandbox.settle()


def kill_in_time(crew: Crew, turn: threading.Semaphore, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(KILLS):
        turn.acquire()
        time.sleep(chance.random() * 0.02)  # into whatever is being done just then
        crew.kill_one()


def wait_until_done(made: Place) -> bool:
    store = made.open()
    deadline = time.monotonic() + 120
    while store.depth().waiting and time.monotonic() < deadline:
        time.sleep(0.1)
    return not store.depth().waiting


def judge(kind: str, sandbox: Sandbox, made: Place, sender: Sender, crew: Crew, finished: bool) -> Figure:
    log = sandbox.callbacks.log()
    accepted = {webhook().read(callback.body).key for callback in log if callback.accepted}
    effects = made.effects()
    done = [row[0] for row in effects]
    newest: dict[int, int] = {}
    wrong = 0
    for _, meeting, moment, late, overtaken in effects:
        wrong += overtaken > 0 or bool(late) != (moment < newest.get(meeting, 0))
        newest[meeting] = max(moment, newest.get(meeting, 0))
    wait = statistics.quantiles(sender.waits, n=100)[98] * 1000
    lost = len(accepted - set(done)) + sum(not callback.accepted for callback in log)
    values = {
        "events": len(log),
        "kills": crew.killed,
        "attempts": sum(len(callback.attempts) for callback in log),
        "cut off": sender.unanswered,
        "lost": lost,
        "double effects": len(done) - len(set(done)),
        "out of order": wrong,
        "acknowledged in ms, p99": round(wait, 1),
    }
    met = finished and not lost and len(done) == len(set(done)) == len(accepted) and not wrong and wait < 100
    name = f"{kind}: 10 000 events, 500 SIGKILLs, 30 % sent twice, shuffled"
    return Figure(name, "0 lost, 0 double, 0 out of order, p99 < 100 ms", met and crew.killed == KILLS, values)


# -- how fast


def pace(kind: str, target: int, seed: int) -> Figure:
    """Receive 6 000 signed callbacks, then handle them, each with an effect in its transaction."""
    count, processes = 6_000, 4 if kind == "postgresql" else 1
    callbacks = signed(count, seed)
    with place(kind) as made:
        received = timed(processes, receive_share, made, [callbacks[number::processes] for number in range(processes)])
        handled = timed(processes, work_share, made, [None] * processes)
        complete = len({row[0] for row in made.effects()}) == count
    values = {"received/s": round(count / received), "handled/s": round(count / handled), "all done": complete}
    met = complete and count / received >= target and count / handled >= target
    return Figure(f"{kind}: speed of {processes} receiving, {processes} working", f"≥ {target}/s each", met, values)


def signed(count: int, seed: int) -> list[tuple[bytes, Any]]:
    sandbox = Sandbox(seed=seed)
    sent: list[tuple[bytes, Any]] = []

    def keep(body: bytes, headers: Any) -> int:
        sent.append((body, dict(headers)))
        return 200

    sandbox.set_callback(keep)
    host = sandbox.client().accounts.create().account_id
    for number in range(count // 15):
        meeting = sandbox.world.meetings.create(None, type=1, subject=f"m{number}", host=host, owner=host)
        for guest in range(15):
            sandbox.world.meetings.enter(meeting, f"guest {guest}", "phone")
    sandbox.settle()
    random.Random(seed).shuffle(sent)
    return sent[:count]


def timed(processes: int, share: Callable[..., None], made: Place, parts: list[Any]) -> float:
    barrier = CONTEXT.Barrier(processes + 1)
    crew = [CONTEXT.Process(target=share, args=(made, part, barrier), daemon=True) for part in parts]
    for process in crew:
        process.start()
    barrier.wait()
    started = time.perf_counter()
    for process in crew:
        process.join()
    return time.perf_counter() - started


def receive_share(made: Place, callbacks: list[tuple[bytes, Any]], barrier: Any) -> None:
    inbox: Inbox[Event] = Inbox(webhook(), made.open())
    threads = [
        threading.Thread(target=lambda part=part: [inbox.receive(*one) for one in part])
        for part in (callbacks[number::8] for number in range(8))
    ]
    barrier.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def work_share(made: Place, _: None, barrier: Any) -> None:
    inbox: Inbox[Event] = Inbox(webhook(), made.open())
    effect = "INSERT INTO effects (key, meeting, time, late) VALUES (?, ?, ?, 0)"
    effect = effect if made.kind == "sqlite" else effect.replace("?", "%s")

    def handle(delivery: Delivery[Any]) -> None:
        event = delivery.event
        delivery.connection.execute(effect, (event.key, event.meeting_unique_id, event.time))

    barrier.wait()
    store = made.open()
    while store.depth().waiting:  # what another worker holds is its own; what nobody holds is handled
        inbox.work(handle)


FIGURES: dict[str, Callable[[int], Figure]] = {
    "kills-sqlite": partial(kills, "sqlite"),
    "kills-postgresql": partial(kills, "postgresql"),
    "pace-sqlite": partial(pace, "sqlite", 3_000),
    "pace-postgresql": partial(pace, "postgresql", 2_000),
}
