"""The citizen's pages. Routes translate; they decide nothing."""

from intake.web.routes import router

__all__ = ["router"]
