"""Small TCP proxies between programs, whose lines can be cut, delayed or held up. Look into no byte."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PIECE_BYTES = 64 * 1024


@dataclass
class Proxy:
    """One door: what comes in at `port` goes to the port that `target` names when the line is made."""

    name: str
    port: int
    target: Callable[[], int]
    delay_seconds: float = 0.0
    is_shut: bool = False
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def listen(self) -> None:
        self._open.set()
        self._server = await asyncio.start_server(self._carry, HOST, self.port)

    def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """Every line that is open ends at once, without a word."""
        for line in list(self._lines):
            line.cancel()

    def hold(self) -> None:
        """Lines stay open and nothing comes through, as when a network swallows everything."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def calm_down(self) -> None:
        """As on a good day."""
        self.delay_seconds, self.is_shut = 0.0, False
        self.release()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self._lines.add(line)
        far: asyncio.StreamWriter | None = None
        try:
            if not self.is_shut:
                back, far = await asyncio.open_connection(HOST, self.target())
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass_on(reader, far))
                    both.create_task(self._pass_on(back, writer))
        except* (OSError, EOFError, asyncio.CancelledError):
            pass  # the line is cut: so it was meant, or one of the ends is gone
        finally:
            self._lines.discard(line)
            for end in (writer, far):
                if end is not None:
                    end.transport.abort()

    async def _pass_on(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        """Until either end closes, which closes the whole line."""
        while piece := await source.read(PIECE_BYTES):
            if self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            await self._open.wait()
            to.write(piece)
            await to.drain()
        raise EOFError


class Proxies:
    """All doors, on a thread of their own. Call from any other thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._doors: dict[str, Proxy] = {}

    def start(self) -> None:
        self._thread.start()

    def open(self, name: str, port: int, target: Callable[[], int]) -> None:
        """Listen on `port`, for whatever will listen behind it."""
        door = Proxy(name, port, target)
        asyncio.run_coroutine_threadsafe(door.listen(), self._loop).result(10)
        self._doors[name] = door

    @property
    def names(self) -> list[str]:
        return list(self._doors)

    def tell(self, name: str, change: Callable[[Proxy], None]) -> None:
        """Change a door, on its own thread."""
        self._loop.call_soon_threadsafe(change, self._doors[name])

    def calm_down(self) -> None:
        for name in self._doors:
            self.tell(name, Proxy.calm_down)

    def stop(self) -> None:
        """Close every door. Safe to repeat."""
        if not self._thread.is_alive():
            return
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _close_all(self) -> None:
        for door in self._doors.values():
            door.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
