"""Large answers are sent a few at a time: each holds a thread, and its file, for as long as its reader takes."""

from functools import partial

from flask import Flask, Response

from web import turns

AT_ONCE = 8
"""Large answers that are sent at a time in each worker."""

PER_CLIENT = 4
"""Of these, those to one client."""


def count(response: Response, client: str) -> None:
    """Counts a large answer for the client until it is sent or the reader has gone. Raises TooBusy."""
    taken = turns.of("sending")
    taken.take(client)
    response.call_on_close(partial(taken.give_back, client))


def install(app: Flask) -> None:
    """Gives the application its count of large answers that are being sent."""
    turns.install(app, "sending", "large answers are being sent", AT_ONCE, PER_CLIENT)
