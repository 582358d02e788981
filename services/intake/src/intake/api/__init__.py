"""JSON routes and the table of problems. Routes translate; they decide nothing."""

from intake.api.problems import PROBLEMS
from intake.api.routes import router

__all__ = ["PROBLEMS", "router"]
