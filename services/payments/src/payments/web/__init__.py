"""Pages of payments. Routes translate; they decide nothing."""

from payments.web import desk
from payments.web.routes import router

router.include_router(desk.router)

__all__ = ["router"]
