"""All of intake's pages: the citizens', and the clerks' at the counter and in the post room."""

from fastapi import APIRouter

from intake.web import (
    counter,
    counter_desk,
    counter_endings,
    counter_receipt,
    counter_sheets,
    ending,
    erasing,
    filing,
    filling,
    following,
    form_schema,
    language,
    papers,
    post_room,
    public,
    supplementing,
    what_if,
)

router = APIRouter(include_in_schema=False)
for part in (
    public.router, filing.router, filling.router, papers.router, following.router, supplementing.router, ending.router,
    form_schema.router, language.router, what_if.router,
):  # fmt: skip
    router.include_router(part)
for part in (
    counter.router, post_room.router, counter_desk.router, counter_sheets.router, counter_receipt.router,
    counter_endings.router, erasing.router,
):  # fmt: skip
    router.include_router(part)
