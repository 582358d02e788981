"""What pages and API show. The only SQL that answers questions; it changes nothing."""

from intake.reads.desk import (
    Listed,
    OnDesk,
    desk_lists,
    dossier_by_code,
    known_people,
    on_desk,
    receipt_contact,
    registered,
)
from intake.reads.erasures import applicant_standing, find_proof, list_proofs
from intake.reads.filing import begun_drafts, find_draft, flaws_of_draft
from intake.reads.following import asked_supplement, filed_sheets, handled_by, open_document, track
from intake.reads.own import MOST_LISTED, calendar_of, find_dossier, own_dossiers, procedure_of
from intake.reads.public import MonthFigures, last_month, lookup, procedures_in_force
from intake.reads.shown import (
    Asked,
    AskedSupplement,
    Document,
    Fee,
    FiledPackage,
    HandledBy,
    Message,
    Rating,
    Track,
    Turns,
)

__all__ = [
    "MOST_LISTED",
    "Asked",
    "AskedSupplement",
    "Document",
    "Fee",
    "FiledPackage",
    "HandledBy",
    "Listed",
    "Message",
    "MonthFigures",
    "OnDesk",
    "Rating",
    "Track",
    "Turns",
    "applicant_standing",
    "asked_supplement",
    "begun_drafts",
    "calendar_of",
    "desk_lists",
    "dossier_by_code",
    "filed_sheets",
    "find_dossier",
    "find_draft",
    "find_proof",
    "flaws_of_draft",
    "handled_by",
    "known_people",
    "last_month",
    "list_proofs",
    "lookup",
    "on_desk",
    "open_document",
    "own_dossiers",
    "procedure_of",
    "procedures_in_force",
    "receipt_contact",
    "registered",
    "track",
]
