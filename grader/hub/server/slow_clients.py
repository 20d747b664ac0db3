"""Connections whose clients keep the hub waiting: they are closed, so that nobody can hold all of them open.

A client owes something while its request is on the way, or while an answer waits for being read. One that owes and
delivers less than a trickle, at several looks in a row, has gone or means harm. Uvicorn itself waits forever.
"""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOK_EVERY = 10.0  # seconds
TRICKLE = 1024  # bytes between two looks
PATIENCE = 3  # looks


class CountingProtocol(H11Protocol):
    """Uvicorn's protocol for one connection, which also knows how much has come in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received = 0  # bytes

    def data_received(self, data: bytes) -> None:
        """Called by the event loop with what has come in."""
        self.received += len(data)
        super().data_received(data)

    @property
    def owed(self) -> bool:
        """Is it the client's turn: to go on sending its request, or to read on?"""
        if self.transport.get_write_buffer_size():
            return True
        if self.flow.read_paused:
            return False
        # Between two requests uvicorn has a time limit of its own.
        is_new = self.cycle is None or bool(self.conn.trailing_data[0])
        return self.conn.their_state is h11.SEND_BODY or (self.conn.their_state is h11.IDLE and is_new)


async def drop_slow_clients(connections: set[CountingProtocol], *, look_every: float = LOOK_EVERY) -> None:
    """Closes, as long as it runs, the connections whose clients keep the hub waiting."""
    strikes: WeakKeyDictionary[CountingProtocol, int] = WeakKeyDictionary()
    before: WeakKeyDictionary[CountingProtocol, tuple[int, int]] = WeakKeyDictionary()
    while True:
        await asyncio.sleep(look_every)
        for connection in list(connections):
            received, unread = connection.received, connection.transport.get_write_buffer_size()
            received_before, unread_before = before.get(connection, (0, 0))
            before[connection] = received, unread
            # What is unread is filled up while it is read, so it is never just the same unless nobody reads.
            delivers = received - received_before >= TRICKLE or unread != unread_before
            strikes[connection] = strikes.get(connection, 0) + 1 if connection.owed and not delivers else 0
            if strikes[connection] >= PATIENCE:
                connection.transport.abort()
