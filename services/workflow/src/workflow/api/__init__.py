"""JSON for programs. Routes translate; they decide nothing."""

from workflow.api import ending, reporting
from workflow.api.problems import PROBLEMS
from workflow.api.routes import router

router.include_router(ending.router)
router.include_router(reporting.router)

__all__ = ["PROBLEMS", "router"]
