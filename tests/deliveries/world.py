"""The four real services over four real databases and one object store, joined by seeded deliveries."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.deliveries.counting import Ask, Fault, find_faults

from kit.now import read_now
from kit.testing.databases import fresh_database, set_clock
from kit.testing.deliveries import Chances, Deliveries
from kit.testing.people import settings_of
from kit.tx import Database, run_sql
from kit.worker import Worker
from motcua.programs import SERVICES, service_of
from rules.testing import OFFICE_ID, at

MORNING = at("2025-03-03 09:12")
NOWHERE = "http://127.0.0.1:9"  # where nothing answers; a world that calls the outside is told where it is
ELSEWHERE: Mapping[str, Mapping[str, Any]] = {
    "intake": {},
    "workflow": {
        "post_url": f"{NOWHERE}/sandbox/post/api",
        "post_consumer_key": "key",
        "post_consumer_secret": "secret",
        "post_customer_code": "MOTCUA",
    },
    "payments": {
        "platform_url": f"{NOWHERE}/sandbox/pay",
        "platform_partner_code": "PARTNER01",
        "platform_secret": "SANDBOX-SECRET-1",
        "beneficiary_account": "0000000001",
        "beneficiary_bank": "999901",
        "beneficiary_name": "SO KHCN TINH MAU",
    },
    "notify": {"smtp_host": "127.0.0.1", "smtp_port": 9, "mail_from": "motcua@mau.example"},
}


class World:
    """What happens to four services: people act in transactions, `deliveries` carries what was said."""

    def __init__(self, workers: Mapping[str, Worker], settings: Mapping[str, Any]) -> None:
        self.workers, self.settings = workers, settings
        self.databases = {name: worker.database for name, worker in workers.items()}
        self.office = OFFICE_ID
        folder = self.databases["intake"].objects.folder
        assert folder is not None, "the object store of a test is a folder"
        self.objects = folder
        self.deliveries = self._deliveries(Deliveries, 0, Chances())

    def _deliveries(self, kind: type[Deliveries], seed: int, chances: Chances) -> Deliveries:
        services = {}
        for name, worker in self.workers.items():
            assert worker.consumer is not None, f"{name} hears the others"
            worker.database.after_say.clear()
            services[name] = (worker.database, worker.consumer)
        return kind(services, seed, chances)

    async def begin(self, seed: int, chances: Chances | None = None, kind: type[Deliveries] = Deliveries) -> None:
        """Everything empty, on the morning when the first dossier is filed, and a new fate."""
        for database in self.databases.values():
            await empty(database)
        self.deliveries = self._deliveries(kind, seed, chances or Chances())
        await self.at(MORNING)

    async def at(self, moment: datetime) -> None:
        """Make it the present of all four."""
        for database in self.databases.values():
            await set_clock(database, moment)

    async def do(self, service: str, handler: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        """A person's action: a handler of this service in a transaction of its own, at the database's present."""
        async with self.databases[service].transaction() as tx:
            return await handler(tx, *args, now=await read_now(tx), **named)

    async def rows(self, service: str, query: str, **values: Any) -> list[Any]:
        """What a query finds in this service's database."""
        async with self.databases[service].transaction() as tx:
            return list((await run_sql(tx, query, **values)).all())

    async def faults(self, dossiers: int) -> list[Fault]:
        """What does not hold now that everything was carried of so many dossiers; nothing where all is well."""
        async with AsyncExitStack() as stack:
            inside = {
                name: await stack.enter_async_context(database.engine.connect())
                for name, database in self.databases.items()
            }

            async def ask(service: str, query: str) -> list[Any]:
                return list((await inside[service].exec_driver_sql(query)).all())

            hears = {name: node.consumer.topics() for name, node in self.deliveries.nodes.items()}
            found = await find_faults(ask, hears)
            for name in hears:
                found += await _parked(ask, name)
            ((filed,),) = await ask("intake", "select count(*) from dossier")
            if filed != dossiers:
                found.append(Fault("doubled", f"{dossiers} were sent", (f"there are {filed} dossiers",)))
            return found

    async def settle(self) -> None:
        """Carry everything that was said to all who listen, until nothing is left."""
        await self.deliveries.settle()


async def _parked(ask: Ask, name: str) -> list[Fault]:
    """Here nothing is ever refused for good; whole machines may park what a person then looks at."""
    rows = await ask(name, "select topic, sequence, reason from kit_parked where is_failed")
    return [Fault("lost", f"{name} parked", (f"{row.topic} {row.sequence}: {row.reason}",)) for row in rows]


@asynccontextmanager
async def new_world(postgres: str, folder: Path, **elsewhere: Mapping[str, Any]) -> AsyncIterator[World]:
    """A world of its own, its databases dropped afterwards; `elsewhere` are more settings by service."""
    async with AsyncExitStack() as stack:
        workers, settings = {}, {}
        for name in SERVICES:
            database = await stack.enter_async_context(fresh_database(postgres, name, folder / "objects"))
            settings[name] = settings_for(name, database, **elsewhere.get(name, {}))
            workers[name] = service_of(name).build_worker(settings[name], database)
        world = World(workers, settings)
        await world.at(MORNING)
        yield world


def settings_for(name: str, database: Database, **more: Any) -> Any:
    """The service's settings over this database; what it calls outside is nowhere unless told."""
    cls = service_of(name).settings
    objects = f"file://{database.objects.folder}"
    return settings_of(cls, database.url, objects, **{"office": OFFICE_ID, **ELSEWHERE[name], **more})


_EMPTY = """
do $$ declare name text; begin
    set local session_replication_role = replica;
    for name in select tablename from pg_tables where schemaname = 'public' and tablename not like '%\\_migrations' loop
        execute format('delete from %I', name);
    end loop;
end $$
"""


async def empty(database: Database) -> None:
    """All rows gone, also where a trigger keeps them; the schema as it was."""
    async with database.transaction() as tx:
        await run_sql(tx, _EMPTY)
