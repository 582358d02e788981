"""The counter: find the person at the desk or begin with a new one; what lies open; what was registered last."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake import reads
from intake.domain import finding
from intake.domain.texts import storable
from intake.handlers import desk
from intake.web.calling import Office, go
from intake.web.counter_calling import CounterClerk, DeskClerk, id_of, show_desk
from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx

router = APIRouter()
MOST_NEWEST = 10


@router.get("/desk")
async def door(clerk: DeskClerk) -> Response:
    return go("/desk/counter" if clerk.at_counter else "/desk/post")


@router.get("/desk/counter")
async def start_page(request: Request, clerk: CounterClerk, tx: Tx, office: Office) -> Response:
    return await _start(request, clerk, tx, office, "")


@router.post("/desk/counter/people")
async def find_people(request: Request, form: Checked, clerk: CounterClerk, tx: Tx, office: Office) -> Response:
    """Who filed here before; sent as a form, since a name or a telephone number may not stand in an address (R18)."""
    return await _start(request, clerk, tx, office, str(form.get("q", "")))


async def _start(request: Request, clerk: CounterClerk, tx: Tx, office: Office, q: str) -> Response:
    asked = storable(q).strip()[:200]
    people = await reads.known_people(tx, office, asked) if asked else []
    open_ones, newest = await reads.desk_lists(tx, office, "counter", MOST_NEWEST)
    return show_desk(
        request, clerk, "counter_start.html", q=asked, people=people, open_ones=open_ones, newest=newest, mask=finding
    )


@router.post("/desk/counter")
async def begin(form: Checked, clerk: CounterClerk, tx: Tx, now: Now, office: Office) -> Response:
    """With a new person, or with one who filed before (`known`: that dossier)."""
    known = str(form.get("known", ""))
    one = await desk.open_counter(tx, clerk, office, known=id_of(known) if known else None, now=now)
    return go(f"/desk/registrations/{one.id}")
