"""What must hold of the four databases when nothing is on its way any more, counted from their rows alone.

No counter of a service is asked. `ask` is any way to put a query to a service's database, so the same table serves
the seeded deliveries and whole machines. A query names its dossiers, so that a difference can be looked at.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Ask = Callable[[str, str], Awaitable[Sequence[Any]]]
Kind = Literal["lost", "doubled", "disordered"]
MOST_SHOWN = 3


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold, and the first rows that show it."""

    kind: Kind
    what: str
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}: {', '.join(self.rows)}"


# Rows that must not be there: kind, service (* is each of them), what they would be, query.
NOTHING: tuple[tuple[Kind, str, str, str], ...] = (
    ("lost", "*", "said and not sent", "select topic, subject, type from kit_outbox"),
    ("disordered", "*", "waits for an earlier event",
     "select subject, topic, sequence from kit_parked where not is_failed"),
    ("doubled", "intake", "one client key, several dossiers",
     "select applicant_id, key from client_key group by 1, 2 having count(*) > 1"),
    ("doubled", "intake", "an arrival number given twice",
     "select arrival_number from dossier group by 1 having count(*) > 1"),
    ("lost", "intake", "a gap in the arrival numbers",
     "select on_date, last from arrival_series s where last <> (select count(*) from dossier "
     "where right(arrival_number, 11) like to_char(s.on_date, 'YYMMDD') || '-%')"),
    ("lost", "workflow", "a gap in the numbers of a slip",
     "select form, year from slip group by office, form, year having min(number) <> 1 or max(number) <> count(*)"),
    ("lost", "workflow", "a slip's number taken and not used",
     "select s.form, s.year, s.last from slip_series s where s.last <> "
     "(select count(*) from slip where (office, form, year) = (s.office, s.form, s.year)) + "
     "(select count(*) from result_number where s.form = 'result' and (office, year) = (s.office, s.year))"),
    ("lost", "workflow", "a gap in the dossier codes",
     "select on_date, last from code_series s where last <> (select count(*) from cases "
     "where (accepted_at at time zone 'Asia/Ho_Chi_Minh')::date = s.on_date)"),
    ("doubled", "workflow", "two steps open at once",
     "select dossier_id from step_run where finished_at is null group by 1 having count(*) > 1"),
    ("disordered", "workflow", "steps not numbered from one",
     "select dossier_id from step_run group by 1 having max(number) <> count(*)"),
    ("disordered", "workflow", "a step begun before the one before it ended",
     "select a.dossier_id from step_run a join step_run b on b.dossier_id = a.dossier_id and b.number = a.number + 1 "
     "where a.finished_at is null or b.started_at < a.finished_at"),
    ("disordered", "workflow", "a clock's ledger with a gap",
     "select dossier_id from clock_entry group by 1 having max(number) <> count(*)"),
    ("doubled", "payments", "a booking whose sides differ",
     "select booking_id from entry group by 1 having sum(debit_vnd) <> sum(credit_vnd) or count(*) <> 2"),
    ("lost", "payments", "a gap in the desk's receipts",
     "select office, year from desk_receipt group by 1, 2 having min(number) <> 1 or max(number) <> count(*)"),
    ("doubled", "payments", "two attempts open at once",
     "select demand_id from attempt where state in ('started', 'open', 'unknown') group by 1 having count(*) > 1"),
)  # fmt: skip

_SAID = "select topic, subject, last_sequence from kit_stream"
_TAKEN = "select topic, subject, last_sequence from kit_inbox"
_PARKED = "select topic, subject from kit_parked where is_failed"
_CASES = "select dossier_id from cases"
_DEMANDS = "select id, dossier_id, amount_vnd, paid_at, state in ('replaced', 'cancelled') from demand"
_TIMES = "due_at, first_due_at"

# Two questions with one answer: kind, what, (service, query), (service, query). Rows of the first and not of the second
# are lost, or doubled where the second has more of them than the first.
SAME: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...] = (
    ("a case for each dossier", ("intake", "select id from dossier"), ("workflow", _CASES)),
    ("payments knows each dossier", ("intake", "select id, applicant_id from dossier"),
     ("payments", "select id, applicant_id from dossier")),
    ("notify knows each dossier", ("intake", "select id, applicant_id from dossier"),
     ("notify", "select id, applicant_id from dossier")),
    ("each package with its case", ("intake", "select dossier_id, version from package"),
     ("workflow", "select dossier_id, version from case_package")),
    ("a demand for each fee notice",
     ("workflow", "select dossier_id, object ->> 'path' from slip where form = 'fee-notice'"),
     ("payments", "select dossier_id, notice from demand")),
    ("the applicant sees each demand", ("payments", _DEMANDS),
     ("intake", "select demand_id, dossier_id, amount_vnd, paid_at, cancelled_ground is not null from fee_demand")),
    ("workflow knows each demand", ("payments", "select id from demand"),
     ("workflow", "select demand_id from payment_note where kind = 'demanded'")),
    ("workflow knows each payment", ("payments", "select id from demand where state = 'paid'"),
     ("workflow", "select demand_id from payment_note where kind = 'paid'")),
    ("a booking for each demand", ("payments", "select id from demand"),
     ("payments", "select demand_id from booking where kind = 'demanded'")),
    ("one booking for each payment", ("payments", "select id from demand where state = 'paid'"),
     ("payments", "select demand_id from booking where kind = 'paid'")),
    ("one receipt for cash",
     ("payments", "select demand_id from booking where kind = 'paid' and way <> 'payment_platform'"),
     ("payments", "select demand_id from desk_receipt")),
    ("payments knows each code", ("workflow", "select dossier_id, code from cases where code is not null"),
     ("payments", "select id, code from dossier where code is not null")),
    ("notify knows each code", ("workflow", "select dossier_id, code, due_at from cases where code is not null"),
     ("notify", "select id, code, due_at from dossier where code is not null")),
    ("a message for each letter", ("workflow", "select message_id from message_note"),
     ("notify", "select id from message where sent_at is not null")),
)  # fmt: skip

# The same of what has an order: where these differ, something was overtaken.
ORDERED: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...] = (
    ("the applicant sees where it is", ("workflow", f"select dossier_id, status, code, {_TIMES} from cases"),
     ("intake", f"select id, status, code, {_TIMES} from dossier")),
    ("the applicant sees how it ended",
     ("workflow", "select dossier_id, result_code, lateness, finished_at from cases where finished_at is not null"),
     ("intake", "select id, result_code, lateness, finished_at from dossier where finished_at is not null")),
    ("the applicant sees each step in its turn",
     ("workflow", "select dossier_id, array_agg(step order by number)::text from (select dossier_id, step, number, "
      "lag(step) over (partition by dossier_id order by number) as before from step_run) r "
      "where step is distinct from before group by 1"),  # a step that waited for the applicant goes on unsaid
     ("intake", "select dossier_id, array_agg(about order by id)::text from milestone "
      "where kind = 'step_started' group by 1")),
    ("each round of a supplement", ("workflow", "select dossier_id, round, answered_at is not null from supplement"),
     ("intake", "select dossier_id, round, answered_at is not null from supplement")),
)  # fmt: skip

# Which message each fact makes, once per channel: template, channels, (service, query for the dossiers).
_TWO, _MAIL = ("email", "sms"), ("email",)
MESSAGES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("received", _MAIL, "intake", "select id from dossier"),
    ("supplement_asked", _TWO, "workflow", "select dossier_id from supplement"),
    ("supplement_received", _MAIL, "intake", "select dossier_id from package where version > 1"),
    ("fee_due", _MAIL, "payments", "select dossier_id from demand"),
    ("fee_paid", _MAIL, "payments", "select dossier_id from demand where state = 'paid'"),
    ("demand_cancelled", _MAIL, "payments", "select dossier_id from demand where state = 'cancelled'"),
    ("accepted", _MAIL, "workflow", "select dossier_id from cases where code is not null"),
    ("in_process", _MAIL, "workflow", "select distinct dossier_id from step_run"),
    ("clock_restarted", _MAIL, "workflow", "select dossier_id from clock_entry where kind = 'restarted'"),
    ("result_ready", _TWO, "workflow", "select dossier_id from cases where finished_at is not null"),
    ("returned", _MAIL, "workflow", "select dossier_id from cases where status = 10"),
    ("refused", _TWO, "workflow", "select dossier_id from cases where status = 3"),
    ("withdrawn", _MAIL, "workflow", "select dossier_id from cases where status = 7"),
    ("stopped", _TWO, "workflow", "select dossier_id from cases where status = 8"),
)


async def find_faults(ask: Ask, hears: Mapping[str, Sequence[str]]) -> list[Fault]:
    """Everything that does not hold; nothing where all is well. `hears` are the topics that each service reads."""
    found = [*await _streams(ask, hears)]
    for kind, service, what, query in NOTHING:
        for name in hears if service == "*" else [service]:
            found += _fault(kind, f"{name}: {what}", await ask(name, query))
    for what, first, second in SAME:
        found += _differences(what, await ask(*first), await ask(*second))
    for what, first, second in ORDERED:
        difference = _differences(what, await ask(*first), await ask(*second))
        found += [Fault("disordered", one.what, one.rows) for one in difference]
    for template, channels, service, query in MESSAGES:
        facts = await ask(service, query)
        for channel in channels:
            told = f"select dossier_id from message where template = '{template}' and channel = '{channel}'"
            found += _differences(f"message {template} by {channel}", facts, await ask("notify", told))
    return found


async def _streams(ask: Ask, hears: Mapping[str, Sequence[str]]) -> list[Fault]:
    """Every reader stands at the last number of every stream it hears, or has parked what stands in the way."""
    found: list[Fault] = []
    for name, topics in hears.items():
        taken = {(row[0], row[1]): row[2] for row in await ask(name, _TAKEN)}
        parked = {(row[0], row[1]) for row in await ask(name, _PARKED)}
        for topic in topics:
            said = [tuple(row) for row in await ask(topic.removesuffix(".events"), _SAID)]
            behind = [row for row in said if taken.get(row[:2], 0) != row[2] and row[:2] not in parked]
            found += _fault("lost", f"{name} did not take all of {topic}", behind)
    return found


def _fault(kind: Kind, what: str, rows: Sequence[Any]) -> list[Fault]:
    shown = tuple(" ".join(map(str, row)) for row in rows[:MOST_SHOWN])
    return [Fault(kind, what, shown)] if rows else []


def _differences(what: str, first: Sequence[Any], second: Sequence[Any]) -> list[Fault]:
    """What the first has and the second has not was lost on the way; what the second has more of was doubled."""
    wanted, there = Counter(map(tuple, first)), Counter(map(tuple, second))
    lost, doubled = list((wanted - there).elements()), list((there - wanted).elements())
    return [*_fault("lost", what, lost), *_fault("doubled", what, doubled)]
