"""Identifiers made by the shell: UUIDv7 for what happens now, and W3C trace context."""

import os
import re
import time
from uuid import UUID

_TRACEPARENT = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")


def uuid7() -> UUID:
    """RFC 9562 version 7: 48 bits of wall milliseconds, 74 random bits; sorts by time of making."""
    ms = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10)) & ((1 << 74) - 1)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def traceparent(given: str | None = None) -> str:
    """The caller's trace when it sent a valid one, else a new one (W3C Trace Context, level 1)."""
    if given is not None and _TRACEPARENT.match(given):
        return given
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"
