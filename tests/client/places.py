"""A server that answers only when so many requests wait at once: it shows how many places a client really has."""

from __future__ import annotations

import json
import socket
import threading

from tests.conftest import RudeServer, receive, reply


def found(number: int) -> bytes:
    """Return the answer to ``meetings.get`` of this number."""
    ret = {"meetingUniqueId": number, "meetingId": "1", "subject": str(number), "status": 1}
    return reply(json.dumps({"code": 200, "ret": ret}).encode())


class TogetherServer(RudeServer):
    """Answers each request at once until ``together`` is set; from then on by so many, or with a code that fails."""

    def __init__(self, together: int = 0) -> None:
        self.together = together
        self._barrier = threading.Barrier(max(together, 1))

        def serve(connection: socket.socket) -> None:
            request: bytes = self.requests[-1]
            while request:
                number = json.loads(request.partition(b"\r\n\r\n")[2])["meetingUniqueId"]
                answer = found(number)
                if self.together:
                    try:
                        self._barrier.wait(5)
                    except threading.BrokenBarrierError:
                        answer = reply(b'{"code":402,"msg":"too few came at once"}')
                connection.sendall(answer)
                request = receive(connection)

        super().__init__([serve])

    def expect(self, together: int) -> None:
        """From now on answer when so many requests wait."""
        self._barrier = threading.Barrier(together)
        self.together = together
