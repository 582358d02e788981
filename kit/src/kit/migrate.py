"""Brings a service's database to the newest form: the kit's own tables, then the service's, by Alembic."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from kit.tx import async_url

LOCK_LIMIT = "5s"  # a migration that cannot get its lock gives up instead of standing in everybody's way


def config_for(package: str, connection: Connection | None = None) -> Config:
    """Alembic's configuration for the migrations inside `package`; each package keeps its own version table."""
    config = Config()
    config.set_main_option("script_location", str(files(package).joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = f"{package}_migrations"
    return config


async def upgrade(database_url: str, package: str) -> None:
    """Run what is missing of the kit's and of `package`'s migrations, under a lock so that many may try at once."""
    engine = create_async_engine(async_url(database_url))
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(hashtext('motcua-migrations'))"))
            await connection.commit()
            for owner in ("kit", package):
                await connection.run_sync(_upgrade, owner)
            await connection.commit()
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, package: str) -> None:
    config = config_for(package, connection)
    context = MigrationContext.configure(connection, opts={"version_table": config.attributes["version_table"]})
    if context.get_current_revision() != ScriptDirectory.from_config(config).get_current_head():
        command.upgrade(config, "head")
    connection.commit()


@dataclass(frozen=True)
class Standing:
    """At which migration of a package a database stands, and which one this code needs."""

    package: str
    found: str | None
    needed: str | None
    is_known: bool

    @property
    def is_right(self) -> bool:
        return self.found == self.needed

    def sentence(self, service: str) -> str:
        """What is wrong and what to do."""
        if self.found is None:
            return f"the tables of {self.package} were never made: run `motcua migrate {service}`"
        if self.is_known:
            stands = f"the tables of {self.package} stand at {self.found}, this code needs {self.needed}"
            return f"{stands}: run `motcua migrate {service}`"
        return f"the tables of {self.package} stand at {self.found}, which a newer release made: start that release"


def standing(connection: Connection, package: str) -> Standing:
    """Compare a database with the migrations inside `package`; changes nothing."""
    config = config_for(package)
    script = ScriptDirectory.from_config(config)
    context = MigrationContext.configure(connection, opts={"version_table": config.attributes["version_table"]})
    found = context.get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    return Standing(package, found, script.get_current_head(), is_known=found in known)


def run_environment() -> None:
    """What each package's `migrations/env.py` calls."""
    from alembic import context

    connection = context.config.attributes["connection"]
    version_table = context.config.attributes["version_table"]
    target = context.config.attributes.get("metadata")
    context.configure(connection=connection, target_metadata=target, version_table=version_table, compare_type=True)
    with context.begin_transaction():
        connection.execute(text(f"set local lock_timeout = '{LOCK_LIMIT}'"))
        context.run_migrations()


def versions_folder(package: str) -> Path:
    """Where a package's numbered migrations lie."""
    return Path(str(files(package).joinpath("migrations/versions")))


def execute_each(script: str) -> None:
    """For migrations: run the statements of an SQL script, which end with `;` at a line's end."""
    from alembic import op

    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(text(statement.replace(":", "\\:")))
