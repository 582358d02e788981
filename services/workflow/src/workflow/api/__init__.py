"""JSON for programs. Routes translate; they decide nothing."""

from workflow.api.problems import PROBLEMS
from workflow.api.routes import router

__all__ = ["PROBLEMS", "router"]
