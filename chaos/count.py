"""What is lost, doubled or out of order, judged from the books and from what people hold in hand."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from chaos.books import Books, hearers
from chaos.walks import Record
from contracts.catalogue import TOPICS
from contracts.envelope import Envelope
from motcua.programs import SERVICES

LOST, DOUBLED, DISORDERED = "lost", "doubled", "disordered"
ENDED = (3, 7, 8, 10)
LETTERS = {  # one message of this kind for every event of this type
    "intake.dossier_submitted.v1": "received",
    "intake.supplement_submitted.v1": "supplement_received",
    "workflow.supplement_requested.v1": "supplement_asked",
    "workflow.dossier_accepted.v1": "accepted",
    "workflow.dossier_finished.v1": "result_ready",
    "workflow.dossier_returned.v1": "returned",
    "workflow.dossier_refused.v1": "refused",
    "workflow.dossier_withdrawn.v1": "withdrawn",
    "workflow.dossier_stopped.v1": "stopped",
    "payments.fee_demanded.v1": "fee_due",
    "payments.fee_paid.v1": "fee_paid",
}
WRITTEN_DOWN = (
    "check_started", "supplement_requested", "fee_requested", "dossier_accepted", "step_started", "step_finished",
    "dossier_finished", "dossier_returned",
)  # fmt: skip
_CODED = "select regexp_replace({0}, '-[0-9]+$', '') as series, substring({0} from '[0-9]+$')::int as number from {1}"
SERIES = {  # what is numbered, by which service, and which numbers were given in which series
    "arrival numbers": ("intake", _CODED.format("arrival_number", "dossier")),
    "dossier codes": ("workflow", _CODED.format("code", "cases where code is not null")),
    "slips": ("workflow", "select office || ' ' || form || ' ' || year as series, number from slip"),
    "result numbers": ("workflow", "select office || ' ' || year as series, number from result_number"),
    "desk receipts": ("payments", "select office || ' ' || year as series, number from desk_receipt"),
}
_BOOKED = """
select d.dossier_id::text as id, count(*) as times from booking b join demand d on d.id = b.demand_id
where b.kind = 'paid' group by 1, b.demand_id
"""
_ATTEMPTS = """
select a.reference, d.dossier_id::text as id, a.state in ('started', 'open', 'unknown', 'set_aside') as is_asked_about,
  exists (select 1 from booking b where b.demand_id = d.id and b.kind = 'paid') as is_booked,
  exists (select 1 from difference f where f.demand_id = d.id) as is_seen
from attempt a join demand d on d.id = a.demand_id
"""
_MESSAGES = """
select m.id::text, m.dossier_id::text as dossier, m.state,
  (select count(*) from kit_call c where c.about = m.id::text and coalesce(c.outcome, 'unknown') = 'unknown') as unclear
from message m where m.channel = '{channel}'
"""


@dataclass(frozen=True)
class Finding:
    """One difference: which kind, of which dossier, in words."""

    kind: str
    subject: str
    words: str


def findings(books: Books, records: Sequence[Record]) -> list[Finding]:
    """Every difference there is."""
    checks = (
        answers(books, records), dossiers(books), packages(books), log(books), heard(books), effects(books),
        agreement(books), demands(books), payments(books), letters(books), mail(books), short_messages(books),
        parcels(books), numbers(books),
    )  # fmt: skip
    return [finding for check in checks for finding in check]


def answers(books: Books, records: Sequence[Record]) -> Iterator[Finding]:
    """Whoever was answered has exactly one dossier, under the number that was told; repeats of a key told the same."""
    by_key: dict[str, set[str]] = defaultdict(set)
    for row in books.rows("intake", "select key, dossier_id::text as id from client_key"):
        by_key[row["key"]].add(row["id"])
    for record in records:
        if len(record.answers) > 1 or len(by_key[record.key]) > 1:
            yield Finding(DOUBLED, record.key, f"one key, several dossiers: {record.answers or by_key[record.key]}")
        for dossier_id, number in record.answers:
            found = books.dossiers.get(dossier_id)
            if found is None or found["arrival_number"] != number:
                yield Finding(LOST, dossier_id, f"answered with {number}, intake has {found}")
    owned = set().union(*by_key.values()) if by_key else set()
    for dossier_id in books.dossiers.keys() - owned:
        yield Finding(DOUBLED, dossier_id, "a dossier that no client key made")


def dossiers(books: Books) -> Iterator[Finding]:
    """Every dossier was said once and has one case, or is parked with its reason."""
    said = Counter(envelope.subject for envelope in books.said("intake.dossier_submitted.v1"))
    for dossier_id in books.dossiers:
        if said[dossier_id] != 1:
            kind = LOST if not said[dossier_id] else DOUBLED
            yield Finding(kind, dossier_id, f"filing said {said[dossier_id]} times")
        if dossier_id not in books.cases and dossier_id not in books.parked:
            yield Finding(LOST, dossier_id, "no case")
    for dossier_id in books.cases.keys() - books.dossiers.keys():
        yield Finding(DOUBLED, dossier_id, "a case without a dossier")


def packages(books: Books) -> Iterator[Finding]:
    """What was filed lies in the object store, byte for byte."""
    for row in books.rows("intake", "select dossier_id::text as id, path, sha256 from package"):
        file = books.objects / row["path"]
        if not file.is_file() or sha256(file.read_bytes()).hexdigest() != row["sha256"]:
            yield Finding(LOST, row["id"], f"the package {row['path']} is not what was filed")


def log(books: Books) -> Iterator[Finding]:
    """Every number of every stream is in the log, for one event only. Readers go by number: see `effects`."""
    numbers: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for envelope in books.log:
        known = numbers[stream_of(envelope)]
        if known.setdefault(envelope.sequence, str(envelope.id)) != str(envelope.id):
            yield Finding(DOUBLED, envelope.subject, f"two events have number {envelope.sequence} of {envelope.source}")
    for topic, subject, last in streams(books):
        if missing := set(range(1, last + 1)) - numbers[topic, subject].keys():
            yield Finding(LOST, subject, f"{topic} lacks {sorted(missing)} of {last}")
        if more := {number for number in numbers[topic, subject] if number > last}:
            yield Finding(DOUBLED, subject, f"{topic} has {sorted(more)} past {last}")


def stream_of(envelope: Envelope) -> tuple[str, str]:
    return f"{envelope.source.split(':')[-1]}.events", envelope.subject


def overtaken(books: Books) -> int:
    """Streams in which a later number lies before an earlier one: no fault, for readers hold it until its turn."""
    first: dict[tuple[str, str], list[int]] = defaultdict(list)
    for envelope in books.once:
        first[stream_of(envelope)].append(envelope.sequence)
    return sum(order != sorted(order) for order in first.values())


def effects(books: Books) -> Iterator[Finding]:
    """What intake wrote down of each case, it wrote in the order in which workflow said it, each thing once."""
    written: dict[str, list[str]] = defaultdict(list)
    for row in books.rows("intake", "select dossier_id::text as id, kind from milestone order by milestone.id"):
        kind = row["kind"].replace("fee_asked_beside", "fee_requested")
        if kind in WRITTEN_DOWN:
            written[row["id"]].append(kind)
    said: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for envelope in books.once:
        service, kind, _ = envelope.type.split(".")
        if service == "workflow" and kind in WRITTEN_DOWN:
            said[envelope.subject].append((envelope.sequence, kind))
    for subject in written.keys() | said.keys():
        wanted = [kind for _, kind in sorted(said[subject])]
        if written[subject] != wanted and subject not in books.parked:
            yield Finding(DISORDERED, subject, f"workflow said {wanted}, intake wrote {written[subject]}")


def streams(books: Books) -> Iterator[tuple[str, str, int]]:
    """Topic, subject and the last number said, as its service's own table has it."""
    for name in SERVICES:
        for row in books.rows(name, "select topic, subject, last_sequence from kit_stream"):
            if row["topic"] in TOPICS:
                yield row["topic"], row["subject"], row["last_sequence"]


def heard(books: Books) -> Iterator[Finding]:
    """Each hearer took each stream to its end, or parked it with a reason."""
    who, taken = hearers(), {}
    for name in SERVICES:
        for row in books.rows(name, "select topic, subject, last_sequence from kit_inbox"):
            taken[name, row["topic"], row["subject"]] = row["last_sequence"]
    for topic, subject, last in streams(books):
        for name in who[topic]:
            reached = taken.get((name, topic, subject), 0)
            if reached < last and subject not in books.parked:
                yield Finding(LOST, subject, f"{name} took {reached} of {last} of {topic}")
            if reached > last:
                yield Finding(DOUBLED, subject, f"{name} took {reached} of {last} of {topic}")


def agreement(books: Books) -> Iterator[Finding]:
    """Intake shows what workflow decided: the last effect of a dossier is the last that was said."""
    for dossier_id, case in books.cases.items():
        shown = books.dossiers.get(dossier_id, {})
        agree = all(shown.get(name) == case[name] for name in ("status", "code", "arrival_number"))
        if not agree and dossier_id not in books.parked:
            yield Finding(DISORDERED, dossier_id, f"workflow has {case}, intake shows {shown}")


def demands(books: Books) -> Iterator[Finding]:
    """One demand for each fee notice."""
    asked = Counter(envelope.subject for envelope in books.said("workflow.fee_requested.v1"))
    made = Counter(row["id"] for row in books.rows("payments", "select dossier_id::text as id from demand"))
    yield from _compared(books, asked, made, "fee demands")


def payments(books: Books) -> Iterator[Finding]:
    """Each demand is booked as paid once at most; what the platform took is booked, or a person sees it."""
    paid: Counter[str] = Counter()
    for row in books.rows("payments", _BOOKED):
        paid[row["id"]] += 1
        if row["times"] > 1:
            yield Finding(DOUBLED, row["id"], f"booked {row['times']} times as paid")
    said = Counter(envelope.subject for envelope in books.said("payments.fee_paid.v1"))
    yield from _compared(books, paid, said, "fees said to be paid")
    attempts = {row["reference"]: row for row in books.rows("payments", _ATTEMPTS)}
    for payment in books.sandbox("payment", "select reference from payment where code = '00'"):
        found = attempts.get(payment["reference"])
        if found is None or not (found["is_booked"] or found["is_seen"] or found["is_asked_about"]):
            yield Finding(LOST, str(found and found["id"]), f"the platform took money under {payment['reference']}")


def letters(books: Books) -> Iterator[Finding]:
    """One message of each kind and channel for each event that makes one."""
    query = "select dossier_id::text as id, template, channel from message"
    made: dict[str, Counter[str]] = defaultdict(Counter)
    for row in books.rows("notify", query):
        if row["channel"] == "email":
            made[row["template"]][row["id"]] += 1
    for type_, template in LETTERS.items():
        wanted = Counter(envelope.subject for envelope in books.said(type_))
        yield from _compared(books, wanted, made[template], f"messages '{template}'")


def _compared(books: Books, wanted: Counter[str], found: Counter[str], what: str) -> Iterator[Finding]:
    for subject in wanted.keys() | found.keys():
        if found[subject] < wanted[subject] and subject not in books.parked:
            yield Finding(LOST, subject, f"{what}: {found[subject]} of {wanted[subject]}")
        if found[subject] > wanted[subject]:
            yield Finding(DOUBLED, subject, f"{what}: {found[subject]} of {wanted[subject]}")


def mail(books: Books) -> Iterator[Finding]:
    """A letter arrived if it was sent, and twice only where an outcome was unknown, which is on record."""
    yield from _arrived(books, "email", "mail")


def short_messages(books: Books) -> Iterator[Finding]:
    yield from _arrived(books, "sms", "sms")


def _arrived(books: Books, channel: str, name: str) -> Iterator[Finding]:
    query = f"select key, count(*) as times from arrival where channel = '{name}' group by key"
    arrivals = {_message_of(row["key"]): row["times"] for row in books.sandbox("mail", query)}
    known = {row["id"]: row for row in books.rows("notify", _MESSAGES.format(channel=channel))}
    for message_id, row in known.items():
        times = arrivals.get(message_id, 0)
        if row["state"] == "sent" and not times:
            yield Finding(LOST, row["dossier"], f"{name} {message_id} is sent and never arrived")
        if times > 1 + row["unclear"]:
            words = f"{name} {message_id} arrived {times} times, {row['unclear']} outcomes were not known"
            yield Finding(DOUBLED, row["dossier"], words)
    for stranger in arrivals.keys() - known.keys():
        yield Finding(DOUBLED, stranger, f"{name} arrived of which notify knows nothing")


def _message_of(key: str) -> str:
    """A message's id in its Message-ID or RequestId."""
    return key.strip("<>").partition("@")[0]


def parcels(books: Books) -> Iterator[Finding]:
    """Each order that the post took is one of ours."""
    rows = books.rows("workflow", "select order_number, dossier_id::text as id, item from dispatch")
    ours = {row["order_number"]: row for row in rows}
    taken = {row["order_number"] for row in books.sandbox("post", "select order_number from parcel")}
    for number in taken - ours.keys():
        yield Finding(DOUBLED, number, "the post has an order of which workflow knows nothing")
    for number, row in ours.items():
        if row["item"] and number not in taken:
            yield Finding(LOST, row["id"], f"the post never got order {number}")
    for dossier_id, times in Counter(row["id"] for row in rows).items():
        if times > 1:
            yield Finding(DOUBLED, dossier_id, f"posted {times} times")


def numbers(books: Books) -> Iterator[Finding]:
    """Every series runs from 1 without a gap and gives no number twice."""
    for name, (service, query) in SERIES.items():
        series: dict[str, list[int]] = defaultdict(list)
        for row in books.rows(service, query):
            series[row["series"]].append(row["number"])
        for key, given in series.items():
            if missing := set(range(1, max(given) + 1)) - set(given):
                yield Finding(LOST, key, f"{name}: {sorted(missing)} are missing of {max(given)}")
            if len(given) > len(set(given)):
                yield Finding(DOUBLED, key, f"{name}: a number was given twice")
