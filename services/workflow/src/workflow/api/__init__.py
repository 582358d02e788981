"""JSON for programs. Routes translate; they decide nothing."""

from workflow.api import calendars, ending, processing, reporting, returning
from workflow.api.problems import PROBLEMS
from workflow.api.routes import router

router.include_router(calendars.router)
router.include_router(ending.router)
router.include_router(processing.router)
router.include_router(reporting.router)
router.include_router(returning.router)

__all__ = ["PROBLEMS", "router"]
