"""Which rows and columns hold what a service remembers of others, and how they are filled anew beside the old ones.

The new ones lie in temporary tables of the same names, which hide the real ones from whoever writes on that connection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import run_sql


@dataclass(frozen=True)
class Kept:
    """A table, or a part of one, that the handlers in KEEPS fill.

    `rows` is an SQL condition for the rows that are theirs, where a table also has rows of our own. `values` are their
    columns in rows that are our own too, each with what it holds (in SQL) before anything was heard of the row.
    """

    table: str
    rows: str = "true"
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Changed:
    """What a rebuild found different in one table, and wrote anew."""

    table: str
    rows: int
    changed: int
    passed_over: int = 0  # rows that a request changed meanwhile: they stay as they are


_COLUMNS = (
    "select a.attname, coalesce(a.attnum = any(i.indkey), false), a.attidentity <> '' from pg_attribute a "
    "left join pg_index i on i.indrelid = a.attrelid and i.indisprimary "
    "where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped order by a.attnum"
)


@dataclass(frozen=True)
class Shadow:
    """A kept table and the temporary one that hides it; its statements are made of names that we gave ourselves."""

    kept: Kept
    columns: Sequence[str]  # without a number that the database gives by itself
    key: Sequence[str]

    async def make(self, tx: AsyncSession) -> None:
        """The temporary table: what is ours as it stands, what is kept of others as if nothing was heard yet."""
        table = self.kept.table
        await run_sql(tx, f"create temporary table {table} (like public.{table} including all)")
        if self.kept.values:
            await run_sql(tx, f"alter table pg_temp.{table} add column was xid")
        columns = ", ".join(self.columns)
        found = ", ".join(self.kept.values.get(name, name) for name in self.columns)
        was, version = (", was", ", xmin") if self.kept.values else ("", "")
        ours = "true" if self.kept.values else f"not ({self.kept.rows})"
        await run_sql(
            tx,
            f"insert into pg_temp.{table} ({columns}{was}) select {found}{version} from public.{table} where {ours}",  # noqa: S608
        )

    async def put_back(self, tx: AsyncSession) -> Changed:
        """Make the real table say what the temporary one does; rows that say so already are not touched."""
        table = self.kept.table
        await run_sql(tx, f"analyze pg_temp.{table}")
        changed, passed_over = await self._update(tx) if self.kept.values else (await self._delete(tx), 0)
        changed += await self._insert(tx)
        rows = (await run_sql(tx, f"select count(*) from pg_temp.{table} where {self.kept.rows}")).scalar_one()  # noqa: S608
        return Changed(table, rows, changed, passed_over)

    async def _delete(self, tx: AsyncSession) -> int:
        table, same = self.kept.table, self._same(self.columns)
        query = (
            f"delete from public.{table} p where ({self.kept.rows}) "  # noqa: S608
            f"and not exists (select 1 from pg_temp.{table} n where {same})"
        )
        return (await run_sql(tx, query)).rowcount

    async def _insert(self, tx: AsyncSession) -> int:
        table, columns = self.kept.table, ", ".join(self.columns)
        same = " and ".join(f"p.{name} = n.{name}" for name in self.key) if self.key else self._same(self.columns)
        theirs = "n.was is null" if self.kept.values else f"({self.kept.rows})"
        query = (
            f"insert into public.{table} ({columns}) select {columns} from pg_temp.{table} n where {theirs} "  # noqa: S608
            f"and not exists (select 1 from public.{table} p where {same}) order by n.ctid"
        )
        return (await run_sql(tx, query)).rowcount

    async def _update(self, tx: AsyncSession) -> tuple[int, int]:
        """Only what was heard, and only in rows that nobody changed since they were looked at."""
        table, heard = self.kept.table, list(self.kept.values)
        sets = ", ".join(f"{name} = n.{name}" for name in heard)
        here = " and ".join(f"p.{name} = n.{name}" for name in self.key)
        differs = f"not ({self._same(heard)})"
        query = (
            f"update public.{table} p set {sets} from pg_temp.{table} n where {here} and p.xmin = n.was and {differs}"  # noqa: S608
        )
        done = (await run_sql(tx, query)).rowcount
        query = f"select count(*) from public.{table} p join pg_temp.{table} n on {here} where {differs}"  # noqa: S608
        return done, (await run_sql(tx, query)).scalar_one()

    def _same(self, names: Sequence[str]) -> str:
        """Both rows hold the same, nothing being the same as nothing; as text, so that large tables can be hashed."""
        return " = ".join(f"row({', '.join(f'{side}.{name}' for name in names)})::text" for side in ("n", "p"))


async def shadow(tx: AsyncSession, kept: Kept) -> Shadow:
    """The shadow of a kept table, not made yet."""
    found = (await run_sql(tx, _COLUMNS, table=f"public.{kept.table}")).all()
    given = [name for name, _, is_given in found if is_given]
    columns = [name for name, _, _ in found if name not in given]
    return Shadow(kept, columns, [] if given else [name for name, is_key, _ in found if is_key])
