"""Serves the hosted pages: what a person's browser asks for and what their buttons do."""

from aiohttp import web

from . import pages
from .accounts import Account
from .engine import StripeSandbox
from .errors import ApiError
from .instruments import BY_TOKEN
from .resources import checkout_completion
from .wire import JsonObject


class HostedPages:
    def __init__(self, sandbox: StripeSandbox) -> None:
        self._sandbox = sandbox

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/c/pay/{session}", self.show_checkout)
        router.add_post("/c/pay/{session}", self.submit_checkout)
        router.add_get("/3d_secure/{intent}", self.show_authentication)
        router.add_post("/3d_secure/{intent}", self.submit_authentication)

    async def show_checkout(self, request: web.Request) -> web.Response:
        account, session = self._find(request.match_info["session"])
        return self._checkout(account, session)

    async def submit_checkout(self, request: web.Request) -> web.Response:
        """Asks the customer to authenticate first where the card wants that."""
        account, session = self._find(request.match_info["session"])
        form = await request.post()
        method, answer = str(form["payment_method"]), form.get("authentication")
        if session["status"] != "open":
            return self._checkout(account, session)
        if answer is None and checkout_completion.asks_for_authentication(BY_TOKEN[method]):
            return _html(pages.authentication(method))
        try:
            session = self._sandbox.control.complete_checkout(session["id"], method, authenticates=answer != "fail")
        except ApiError as error:
            return self._checkout(account, session, error.message)
        raise web.HTTPSeeOther(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))

    async def show_authentication(self, request: web.Request) -> web.Response:
        _, intent = self._find(request.match_info["intent"])
        if intent["status"] != "requires_action":
            return _html(pages.notice("There is nothing to authenticate."))
        return _html(pages.authentication())

    async def submit_authentication(self, request: web.Request) -> web.Response:
        _, intent = self._find(request.match_info["intent"])
        if intent["status"] != "requires_action":
            return _html(pages.notice("There is nothing to authenticate."))
        form = await request.post()
        self._sandbox.control.authenticate(intent["id"], succeeds=form.get("authentication") == "succeed")
        redirect = (intent["next_action"] or {}).get("redirect_to_url")
        if redirect:
            raise web.HTTPSeeOther(redirect["return_url"])
        return _html(pages.notice("Done. You can close this page."))

    def _checkout(self, account: Account, session: JsonObject, error: str | None = None) -> web.Response:
        if session["status"] != "open":
            return _html(pages.notice(f"This checkout is {session['status']}."))
        name = account.details["settings"]["dashboard"]["display_name"]
        return _html(pages.checkout(name, session, account.line_items[session["id"]], error))

    def _find(self, object_id: str) -> tuple[Account, JsonObject]:
        for account in self._sandbox.accounts.values():
            found = account.find(object_id)
            if found is not None:
                return account, found
        raise web.HTTPNotFound(text=pages.notice("There is no such page."), content_type="text/html")


def _html(page: str) -> web.Response:
    return web.Response(text=page, content_type="text/html")
