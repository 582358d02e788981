"""The officers' pages under /officer. Routes translate; they decide nothing."""

from workflow.web.routes import router

__all__ = ["router"]
