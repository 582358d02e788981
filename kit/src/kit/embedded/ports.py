"""Free loopback ports, and small questions whether something answers on one."""

import http.client
import secrets
import socket
from collections.abc import Sequence

HOST = "127.0.0.1"
# Below the range from which Linux and macOS lend ports to outgoing connections: a port of ours stays free
# while its part is down, so it can come back under the same address.
_FIRST, _LAST = 12_000, 32_000


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections that linger do not count
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """The preferred loopback port if it is free, else another one. Somebody may take it before it is used."""
    if preferred is not None and is_free(preferred):
        return preferred
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        if is_free(port):
            return port


def port_answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def different_ports(preferred: Sequence[int | None]) -> list[int]:
    """A free port for each, the preferred one where that is free; no two the same."""
    found: list[int] = []
    for wanted in preferred:
        port = free_port(wanted)
        while port in found or (port != wanted and port in preferred):
            port = free_port()
        found.append(port)
    return found


def http_answers(port: int, path: str = "/", *, timeout_seconds: float = 2) -> bool:
    """Whether an HTTP server on this loopback port answers `path` with a status below 400."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
