"""Pages of notify. Routes translate; they decide nothing."""

from notify.web.routes import router

__all__ = ["router"]
