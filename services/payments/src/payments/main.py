"""Puts payments together: the only module that knows every room and reads the settings."""

from fastapi import FastAPI

from kit import outside
from kit.app import new_app
from kit.bus import bus_of
from kit.outside import System
from kit.pages import Office, Pages
from kit.service import Service
from kit.tx import Database
from kit.worker import Loop, Worker
from payments import api, consumer, web
from payments.domain.partner import Partner
from payments.gateways import HttpPaymentPlatform
from payments.handlers import asking, receipts
from payments.handlers.asking import Desk
from payments.measures import MEASURES
from payments.settings import PaymentsSettings
from rules import catalogue


def build_app(settings: PaymentsSettings, database: Database) -> FastAPI:
    """Pages under /pay, the API under /api/payments/v1."""
    office = catalogue.load().office(settings.office)
    pages = Pages(
        package="payments",
        templates="web/templates",
        layout="citizen",
        base="/pay",
        office=Office(name=office.name_vi, telephone=office.telephone, address=office.address_vi),
        sandbox_note="Cơ quan trong bản này không có thật." if office.invented else "",
    )
    app = new_app(
        service="payments",
        settings=settings,
        database=database,
        pages=pages,
        table=api.PROBLEMS,
        base="/pay",
        consumer=consumer.consumer(),
    )
    app.state.partner = partner_of(settings)
    app.state.problems = api.PROBLEMS
    app.state.desk = desk_of(settings, database)
    app.include_router(api.router)
    app.include_router(web.router)
    return app


def build_worker(settings: PaymentsSettings, database: Database) -> Worker:
    """The relay, the reader, and two loops: asking about attempts, fetching receipts."""
    desk = desk_of(settings, database)

    async def ask() -> bool:
        return await asking.ask_next(desk)

    async def fetch() -> bool:
        return await receipts.fetch_next(desk)

    bus = bus_of(settings)
    loops = [Loop("asking the platform", ask), Loop("fetching receipts", fetch), outside.sweep(database)]
    return Worker("payments", database, bus, consumer.consumer(), loops, MEASURES)


def desk_of(settings: PaymentsSettings, database: Database) -> Desk:
    """Our side of the platform."""
    bearer = settings.platform_bearer.get_secret_value() if settings.platform_bearer else None
    platform = HttpPaymentPlatform(
        partner_of(settings),
        init_url=settings.platform_url + settings.platform_init_path,
        query_url=settings.platform_url + settings.platform_query_path,
        bill_url=settings.platform_url + settings.platform_bill_path,
        bill_host=settings.platform_bill_host,
        bearer=bearer,
        timeout_seconds=settings.platform_timeout_seconds,
    )
    system = System("payment_platform", call_seconds=settings.platform_timeout_seconds)
    return Desk(database, platform, settings.platform_currency, system)


def partner_of(settings: PaymentsSettings) -> Partner:
    """Who we are to the platform."""
    return Partner(
        code=settings.platform_partner_code,
        secret=settings.platform_secret.get_secret_value(),
        version=settings.platform_version,
        payment_type=settings.platform_payment_type,
        channel=settings.platform_channel,
        device=settings.platform_device,
        language=settings.platform_language,
        currency=settings.platform_currency,
        bank=settings.platform_bank,
        service_kind=settings.platform_service_kind,
        service_suffix=settings.platform_service_suffix,
        fee_code=settings.platform_fee_code,
        server_ip=settings.platform_server_ip,
        account=settings.beneficiary_account,
        account_bank=settings.beneficiary_bank,
        account_name=settings.beneficiary_name,
        payer_id_filler=settings.platform_payer_id_filler,
    )


SERVICE = Service("payments", PaymentsSettings, build_app, build_worker, consumer.consumer)
