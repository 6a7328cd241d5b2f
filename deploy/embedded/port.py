"""Ports on the loopback address."""

import random
import socket
from pathlib import Path

from deploy.embedded.cannot_start import CannotStart

LOOPBACK = "127.0.0.1"
LOWEST = 15_000
TRIES = 200


def free_port(*, other_than: int = 0) -> int:
    """A port nobody listens on, below those the system gives to outgoing connections.

    A client that knocks on a stopped server's port again and again could otherwise be given that very
    port for its own end, and the server could not come back to it.
    """
    beyond = _first_ephemeral_port()
    for _ in range(TRIES):
        port = random.randrange(LOWEST, beyond) if beyond > LOWEST + TRIES else 0
        found = _try_to_listen(port)
        if found not in (None, other_than):
            return found
    raise CannotStart(
        f"在 {LOOPBACK} 上试了 {TRIES} 次,没有找到空闲端口。请先关闭一些程序。",
        f"No free port was found on {LOOPBACK} in {TRIES} tries. Stop some programs first.",
    )


def require_free(port: int, title: str) -> None:
    """Refuse a port somebody else listens on."""
    if _try_to_listen(port) is None:
        raise CannotStart(
            f"{title} 要用的端口 {port}({LOOPBACK})已被其他程序占用。请关闭该程序,或另指定端口,或不指定而自动选择。",
            f"Port {port} on {LOOPBACK}, wanted for {title}, is taken by another program. "
            f"Stop that program, or name another port, or none to have a free one chosen.",
        )


def is_open(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as knock:
        knock.settimeout(1.0)
        return knock.connect_ex((LOOPBACK, port)) == 0


def _try_to_listen(port: int) -> int | None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
            listener.listen(1)
        except OSError:
            return None
        return int(listener.getsockname()[1])


def _first_ephemeral_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 0
