"""Connections whose clients keep the hub waiting: they are closed, so that nobody can hold all of them open.

A client owes something while its request is on the way, or while an answer waits for being read. One that owes and
delivers less than a trickle, at several looks in a row, has gone or means harm. Uvicorn itself waits forever.
"""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from grader.hub.server.protocol import HubProtocol

LOOK_EVERY = 10.0  # seconds
TRICKLE = 1024  # bytes between two looks
PATIENCE = 3  # looks


async def drop_slow_clients(connections: set[HubProtocol], *, look_every: float = LOOK_EVERY) -> None:
    """Closes, as long as it runs, the connections whose clients keep the hub waiting."""
    strikes: WeakKeyDictionary[HubProtocol, int] = WeakKeyDictionary()
    before: WeakKeyDictionary[HubProtocol, tuple[int, int]] = WeakKeyDictionary()
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
