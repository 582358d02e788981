"""All of the API under one prefix."""

from fastapi import APIRouter

from intake.api import catalogue, dossiers, preparing, registering, what_if

router = APIRouter(prefix="/api/intake/v1")
for part in (catalogue.router, what_if.router, preparing.router, dossiers.router, registering.router):
    router.include_router(part)
