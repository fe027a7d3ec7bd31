"""The PyPI package wme, unmodified, through a user's life.

Its URLs are constants, so its HTTP client gets a transport that sends the service's host to BASE_URL. Settings come
from the environment: BASE_URL, USERNAME, PASSWORD, TEMPORARY_USERNAME, TEMPORARY_PASSWORD.
"""

import asyncio
import os

import httpx
from wme.auth import login, refresh_token, revoke_token


class Redirected(httpx.AsyncHTTPTransport):
    """Sends every request to the server under test."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        base = httpx.URL(os.environ["BASE_URL"])
        request.url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
        request.headers["Host"] = base.netloc.decode()
        return await super().handle_async_request(request)


async def refuses(status: int, attempt) -> None:
    try:
        await attempt
    except httpx.HTTPStatusError as error:
        assert error.response.status_code == status, error.response.status_code
    else:
        raise AssertionError(f"expected {status}")


async def main() -> None:
    username, password = os.environ["USERNAME"], os.environ["PASSWORD"]
    async with httpx.AsyncClient(transport=Redirected()) as client:
        tokens = await login(username, password, client)
        assert tokens.expires_in == 86400
        await refuses(401, login(username, "not-the-password", client))
        refreshed = await refresh_token(username, tokens.refresh_token, client)
        assert refreshed.access_token != tokens.access_token
        await revoke_token(tokens.refresh_token, client)
        await refuses(401, refresh_token(username, tokens.refresh_token, client))
        # A challenge is a success that this package does not know: by its own design it fails on the missing tokens.
        temporary = os.environ["TEMPORARY_USERNAME"], os.environ["TEMPORARY_PASSWORD"]
        try:
            await login(*temporary, client)
        except ValueError as error:
            assert "access_token" in str(error)
        else:
            raise AssertionError("a challenge carries no tokens")
    print("done")


asyncio.run(main())
