"""What Prometheus is told of the money: figures from the database, asked by one worker. SQL that counts."""

from collections import Counter

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.figures import Answers, Figure, Measure, Row, counted
from kit.tx import run_sql
from payments.domain.demand import DemandState
from payments.domain.ledger import Way
from payments.domain.result import FOR_A_PERSON

DEMANDS = Figure("motcua_fee_demands", "Fee demands by state", ("state",))
DEMANDED = Figure(
    "motcua_fees_demanded_total", "Fee demands ever opened, those replaced too", ("office", "procedure"), "counter"
)
DEMANDED_DONG = Figure(
    "motcua_fees_demanded_dong_total", "What they came to, in whole đồng", ("office", "procedure"), "counter"
)
PAID = Figure("motcua_fees_paid_total", "Demands that were paid, by way", ("office", "way"), "counter")
PAID_DONG = Figure("motcua_fees_paid_dong_total", "What was paid, in whole đồng", ("office", "way"), "counter")
REFUNDED = Figure("motcua_fees_refunded_total", "Paid demands whose money went back", ("office", "way"), "counter")
REFUNDED_DONG = Figure("motcua_fees_refunded_dong_total", "What went back, in đồng", ("office", "way"), "counter")
INDEX = Figure(
    "motcua_service_index",
    "Parts of the service index as counts: `paid` demands and of these `paid_online`, on the payment platform",
    ("office", "measure"),
)
DIFFERING = Figure("motcua_fees_differing", "What does not fit and waits for a person, by kind", ("kind",))
MONEY_WAITING = Figure(
    "motcua_money_waiting_seconds",
    "How long the oldest money is here whose dossier still waits for it: not accepted since, or another amount",
)

_DEMANDS = "select office, procedure_id, state, count(*), sum(amount_vnd) from demand group by 1, 2, 3"
_MONEY = """
    select d.office, b.kind, b.way, count(*) as many, sum(b.amount_vnd) as dong
    from booking b join demand d on d.id = b.demand_id
    where b.way is not null group by 1, 2, 3
"""
_DIFFERING = "select kind, count(*) from difference where settled_at is null group by kind"
_WAITING = """
    select greatest(coalesce(extract(epoch from kit_now() - min(since)), 0), 0)::float from (
        select b.booked_at as since from dossier o
        join demand d on d.dossier_id = o.id and d.state = 'paid'
        join booking b on b.demand_id = d.id and b.kind = 'paid'
        where o.code is null
            and not exists (select from difference f where f.demand_id = d.id and f.kind = 'paid_for_ended')
        union all
        select f.noticed_at from difference f join demand d on d.id = f.demand_id and d.state = 'open'
        where f.settled_at is null and f.received_vnd > 0
    ) money
"""
Place = tuple[str, str]
KINDS = sorted({*(verdict.value for verdict in FOR_A_PERSON), "paid_for_ended"})


async def demands(tx: AsyncSession) -> Answers:
    states, many, dong = Counter(map(str, DemandState)), Counter[Place](), Counter[Place]()
    states.subtract(list(states))  # each is said, be it 0
    for office, procedure, state, count, amount in await run_sql(tx, _DEMANDS):
        states[state] += count
        many[office, procedure] += count
        dong[office, procedure] += int(amount)
    return {
        DEMANDS: list(states.items()),
        DEMANDED: [(*place, number) for place, number in many.items()],
        DEMANDED_DONG: [(*place, number) for place, number in dong.items()],
    }


async def money(tx: AsyncSession) -> Answers:
    """What came and went; where an office has seen any, the other ways are said as 0."""
    found = {(row.office, row.kind, row.way): row for row in await run_sql(tx, _MONEY)}
    offices = sorted({office for office, _, _ in found})
    answers: dict[Figure, list[Row]] = {figure: [] for figure in (PAID, PAID_DONG, REFUNDED, REFUNDED_DONG, INDEX)}
    for office in offices:
        for kind, many, dong in (("paid", PAID, PAID_DONG), ("refunded", REFUNDED, REFUNDED_DONG)):
            for way in Way:
                row = found.get((office, kind, way.value))
                answers[many].append((office, way.value, row.many if row else 0))
                answers[dong].append((office, way.value, row.dong if row else 0))
        paid = {way: many for here, way, many in answers[PAID] if here == office}
        answers[INDEX] += [(office, "paid", sum(paid.values())), (office, "paid_online", paid[Way.PAYMENT_PLATFORM])]
    return answers


async def differing(tx: AsyncSession) -> Answers:
    found = dict.fromkeys(KINDS, 0)
    found.update((await run_sql(tx, _DIFFERING)).all())
    return {DIFFERING: list(found.items())}


MEASURES = [
    Measure((DEMANDS, DEMANDED, DEMANDED_DONG), demands),
    Measure((PAID, PAID_DONG, REFUNDED, REFUNDED_DONG, INDEX), money),
    Measure((DIFFERING,), differing),
    counted(MONEY_WAITING, _WAITING),
]
