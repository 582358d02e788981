"""Words that events of several services share: channels, references, handlers. Pydantic only."""

from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Path = Annotated[str, Field(min_length=1, max_length=300, description="where the object lies in the object store")]


class Fact(BaseModel):
    """A value inside an event or a manifest."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Channel(StrEnum):
    """How the dossier reached the agency (national codes 1, 2, 3)."""

    DIRECT = "direct"
    ONLINE = "online"
    POSTAL = "postal"


class Origin(StrEnum):
    """Which door it came through; another thing than the channel (reading R19)."""

    THIS_PORTAL = "this_portal"
    COUNTER = "counter"
    POST_ROOM = "post_room"
    NATIONAL_PORTAL = "national_portal"
    NATIONAL_SINGLE_WINDOW = "national_single_window"
    MINISTRY_SYSTEM = "ministry_system"


class Status(IntEnum):
    """The national status codes of a dossier."""

    SUBMITTED = 1
    ACCEPTED = 2
    REFUSED_AT_RECEPTION = 3
    IN_PROCESS = 4
    WAITING_FOR_SUPPLEMENT = 5
    WAITING_FOR_FEE = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10


class StoredObject(Fact):
    """An immutable object in the store, with what proves it unchanged."""

    path: Path
    sha256: Sha256
    size: int = Field(ge=0, description="bytes")


class ComponentFlags(Fact):
    """One component of a dossier and where it came from: facts the service index asks for (reading R20)."""

    code: str
    files: int = Field(ge=0)
    digitised: bool = Field(description="a paper that was scanned, or filed in electronic form")
    reused: bool = Field(description="taken from an earlier dossier or result")
    from_national_store: bool


class ReturnWay(StrEnum):
    """How a result reaches the applicant."""

    ONLINE = "online"
    COUNTER = "counter"
    POSTAL = "postal"


class Handler(Fact):
    """Who acts, without a name: the staff id points at the staff card in the object store (`staff/<id>.json`)."""

    staff_id: str
    unit: str


class Removed(Fact):
    """How much of one kind held something personal before it was removed."""

    kind: str = Field(description="the table's name; `objects` for what lay in the object store")
    count: int = Field(ge=1)


class StaffCard(Fact):
    """The published card of an officer: what an applicant may know of who handles the dossier."""

    staff_id: str
    name: str
    title: str
    unit: str
    office: str
    phone: str


class Contact(Fact):
    """How to reach an applicant. Lives in the object store (`contacts/<dossier>/<version>.json`), never in an event."""

    name: str
    organisation: str | None = None
    email: str
    phone: str | None = None
    address: str | None = None
    return_address: str | None = Field(default=None, description="where the result goes by post, if elsewhere")
    language: str = "vi"
