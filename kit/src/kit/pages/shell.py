"""Pages of one service: its templates in the kit's layouts, with filters, headers and assets. Decides nothing."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import FastAPI
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from kit.pages import forms, look, months, parts, words
from kit.pages.assets import Assets
from kit.pages.formats import FILTERS

# No form-action: a form may answer with a redirect to the payment platform or the sign-in, which browsers would block.
CONTENT_SECURITY_POLICY = "; ".join(
    ("default-src 'self'", "img-src 'self' data:", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'")
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Pages:
    """A service's pages. `base` is the path it lives under; `templates` and `static` are folders in its package."""

    def __init__(
        self,
        *,
        package: str,
        templates: str,
        layout: Literal["citizen", "officer"],
        base: str = "/",
        static: str | None = None,
        office: parts.Office | None = None,
        navigation: Sequence[parts.Link | tuple[Any, ...]] = (),
        sandbox_note: str = "",
    ) -> None:
        self.base = base.rstrip("/")
        folders = [files("kit.pages").joinpath("static")]
        folders += [files(package).joinpath(static)] if static else []
        self.assets = Assets(folders, self.base)
        self.environment = _environment(package, templates)
        self.environment.globals |= {
            "layout": f"layout_{layout}.html",
            "base": self.base,
            "office": office or parts.Office(),
            "navigation": parts.links(navigation),
            "sandbox_note": sandbox_note,
            "sign_out_href": f"{self.base}/sign-out",
            "asset": self.assets.href,
            "icon_href": self.assets.icon_href,
        }
        self.environment.globals["ui"] = self.environment.get_template("macros/ui.html").module

    def install(self, app: FastAPI) -> None:
        """Serve assets and the choice of look under `base`; leave the pages where routes find them."""
        app.state.pages = self
        app.router.routes += [
            Route(f"{self.assets.prefix}/{{version}}/{{name:path}}", self.assets.serve, include_in_schema=False),
            Route(f"{self.base}/look", look.choose, include_in_schema=False),
        ]

    def render(self, request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
        """The page, with the headers every page carries. `navigation` and `home_href` in it replace the usual ones."""
        language = words.language_of(request)
        words.speak(language)
        person = getattr(request.state, "person", None)
        shell = {
            "request": request,
            "language": language,
            "look": look.look_of(request),
            "home_href": self.base or "/",
            "person_name": getattr(person, "name", person) if person else "",
            "may_sign_out": _keeps_a_token(request, status_code),
            "sign_in_href": f"{self.base}/sign-in?{urlencode({'then': _address(request)})}",
            "look_href": lambda **changes: self._look_href(request, changes),
        }
        if "navigation" in context:
            context["navigation"] = parts.links(context["navigation"])
        body = self.environment.get_template(template).render(shell | context)
        # A signed-in person's page must not come back from the cache of a shared machine after signing out.
        return HTMLResponse(body, status_code, HEADERS | {"Cache-Control": "no-store" if person else "no-cache"})

    def problem(
        self, request: Request, status: int, title_vi: str, sentence_vi: str, trace_id: str | None = None
    ) -> HTMLResponse:
        """The error page: what happened, what to do next, and the number to say on the telephone."""
        return self.render(
            request, "problem.html", status_code=status, title_vi=title_vi, sentence_vi=sentence_vi, trace_id=trace_id
        )

    def _look_href(self, request: Request, changes: dict[str, str]) -> str:
        return look.choice_href(self.base, look.look_of(request)._replace(**changes), _address(request))


def _address(request: Request) -> str:
    """Where the person is now, to come back to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _keeps_a_token(request: Request, status_code: int) -> bool:
    """Whether a token made now would be kept: the page of a failure is written outside the session."""
    return "session" in request.scope and (status_code < 500 or forms.TOKEN_FIELD in request.session)


def _environment(package: str, templates: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, templates), PackageLoader("kit.pages", "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.filters |= FILTERS
    environment.globals |= {"form_token": forms.token, "time_left_look": parts.time_left}
    environment.globals |= {"months_drawn": months.drawn, "months_told": months.told}
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        words.gettext, words.ngettext, newstyle=True
    )
    return environment
