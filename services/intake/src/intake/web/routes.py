"""All of the citizen's pages."""

from fastapi import APIRouter

from intake.web import ending, filing, filling, following, papers, public, supplementing

router = APIRouter(include_in_schema=False)
for part in (
    public.router, filing.router, filling.router, papers.router, following.router, supplementing.router, ending.router,
):  # fmt: skip
    router.include_router(part)
