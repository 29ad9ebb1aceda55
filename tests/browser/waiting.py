"""Waiting as long as the page takes, however slow the machine: never for a time that was guessed here."""

import time

import pytest


def settle(page):
    """Until the page has painted what it was asked for before."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def rest(page, milliseconds):
    """So long by the page's own clock, after a frame: a shorter timer of the page, set before, has run."""
    settle(page)
    page.evaluate("pause => new Promise(done => setTimeout(done, pause))", milliseconds)


def eventually(read, wanted=bool, seconds=30):
    """What `read()` gives once `wanted` agrees to it."""
    end = time.monotonic() + seconds
    while True:
        value = read()
        if wanted(value):
            return value
        if time.monotonic() > end:
            pytest.fail(f"it stayed {value!r:.300}")
        time.sleep(0.1)
