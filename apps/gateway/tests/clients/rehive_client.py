"""The PyPI package rehive 1.4.0, unmodified, through a user's life.

Settings come from the environment: BASE_URL, COMPANY, and MAIL, the folder where messages are delivered.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import struct
import time

from rehive import APIException, Rehive

COMPANY = os.environ["COMPANY"]
EMAIL = "python@example.com"
PASSWORD = "seven Grey horses 42"
NEXT = "eight Blue whales 43"
PATIENCE = 60


def client() -> Rehive:
    return Rehive(api_endpoint_url=os.environ["BASE_URL"] + "/3/")


def refuses(status: int, attempt, *arguments, **named) -> None:
    try:
        attempt(*arguments, **named)
    except APIException as error:
        assert error.status_code == status, (error.status_code, str(error))
    else:
        raise AssertionError(f"expected {status}")


def message(event: str, to: str) -> dict:
    """The data of the newest message of an event to a recipient, waited for."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE:
        for file in sorted(pathlib.Path(os.environ["MAIL"]).glob("*.json"), reverse=True):
            found = json.loads(file.read_text())
            if found["event"] == event and found["to"] == to:
                return found["data"]
        time.sleep(0.02)
    raise AssertionError(f"no {event} for {to}")


def totp(secret: str, steps: int) -> str:
    """A code of RFC 6238, so many steps of 30 seconds away from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def main() -> None:
    user = client()
    registered = user.auth.register(EMAIL, COMPANY, PASSWORD, PASSWORD)
    assert registered["user"]["email"] == EMAIL, registered
    refuses(400, client().auth.register, EMAIL, COMPANY, PASSWORD, PASSWORD)
    refuses(400, client().auth.login, EMAIL, COMPANY, NEXT)
    owner = client().auth.register_company("Ada", "L", "founder@example.com", "founded-by-python", PASSWORD, PASSWORD, True)
    assert owner["user"]["owner"] is True, owner

    user.auth.email.verify(message("user.email.verify", EMAIL)["key"])
    assert user.auth.get()["verification"]["email"] is True

    first = user.client.token
    made = user.auth.tokens.create(PASSWORD)
    assert made["expires"] is None and user.client.token == made["token"], "the client adopts the new token"
    assert len(user.auth.tokens.get()) == 2
    user.auth.tokens.delete(first[:8])
    refuses(404, user.auth.tokens.get, first[:8])

    user.auth.password.reset_password(EMAIL, COMPANY)
    reset = message("user.password.reset", EMAIL)
    user.auth.password.reset_password_confirm(NEXT, NEXT, reset["uid"], reset["token"])
    user.auth.login(EMAIL, COMPANY, NEXT)
    user.auth.password.change(NEXT, PASSWORD, PASSWORD)
    user.auth.login(EMAIL, COMPANY, PASSWORD)

    authenticator = user.auth.mfa.authenticators.create("totp")
    secret = authenticator["details"]["key"]
    user.auth.mfa.verify(totp(secret, -1), authenticator=authenticator["id"])
    second = client()
    (challenge,) = second.auth.login(EMAIL, COMPANY, PASSWORD)["challenges"]
    refuses(403, second.auth.get)
    second.auth.mfa.verify(totp(secret, 0), challenge=challenge["id"])
    assert second.auth.get()["email"] == EMAIL

    ended = second.client.token
    second.auth.logout()
    second.client.token = ended
    refuses(401, second.auth.get)
    print("done")


main()
