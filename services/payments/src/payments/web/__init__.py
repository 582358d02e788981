"""Pages of payments. Routes translate; they decide nothing."""

from payments.web.routes import router

__all__ = ["router"]
