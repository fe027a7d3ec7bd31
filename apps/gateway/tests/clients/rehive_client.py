"""The PyPI package rehive 1.4.0, unmodified, through a user's life.

Settings come from the environment: BASE_URL, COMPANY, and MAIL and SMS, the folders where messages are delivered. What
the package has no method for, it posts with the generic one of its resources.
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
MOBILE = "+27820000003"
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


def delivered(folder: str) -> list[dict]:
    return [json.loads(file.read_text()) for file in sorted(pathlib.Path(os.environ[folder]).glob("*.json"))]


def message(event: str, to: str, count: int = 1) -> dict:
    """The data of the `count`th message of an event to a recipient, waited for."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE:
        found = [one for one in delivered("MAIL") + delivered("SMS") if (one["event"], one["to"]) == (event, to)]
        if len(found) >= count:
            return found[count - 1]["data"]
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
    registered = user.auth.register(EMAIL, COMPANY, PASSWORD, PASSWORD, mobile=MOBILE)
    assert registered["user"]["email"] == EMAIL, registered
    refuses(400, client().auth.register, EMAIL, COMPANY, PASSWORD, PASSWORD)
    refuses(400, client().auth.login, EMAIL, COMPANY, NEXT)
    owner = client().auth.register_company("Ada", "L", "founder@example.com", "founded-by-python", PASSWORD, PASSWORD, True)
    assert owner["user"]["owner"] is True, owner

    user.auth.email.resend_email_verification(EMAIL, COMPANY)
    user.auth.email.verify(message("user.email.verify", EMAIL, 2)["key"])
    user.auth.mobile.resend_mobile_verification(MOBILE, COMPANY)
    user.auth.mobile.verify(message("user.mobile.verify", MOBILE, 2)["key"])
    assert user.auth.get()["verification"] == {"email": True, "mobile": True}

    first = user.client.token
    made = user.auth.tokens.create(PASSWORD)
    assert made["expires"] is None and user.client.token == made["token"], "the client adopts the new token"
    assert len(user.auth.tokens.get()) == 2
    assert len(user.auth.tokens.get(filters={"expires__isnull": "true"})) == 1
    refuses(405, user.auth.tokens.verify, first)
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
    phone = user.auth.mfa.authenticators.create("sms")
    user.auth.mfa.deliver(authenticator=phone["id"])
    user.auth.mfa.verify(message("mfa.sms.verify", MOBILE, 2)["token"], authenticator=phone["id"])
    assert len(user.auth.mfa.authenticators.get(filters={"type": "sms"})) == 1
    user.auth.mfa.authenticators.delete(phone["id"])
    second = client()
    (challenge,) = second.auth.login(EMAIL, COMPANY, PASSWORD)["challenges"]
    refuses(403, second.auth.get)
    second.auth.mfa.verify(totp(secret, 0), challenge=challenge["id"])
    assert second.auth.get()["email"] == EMAIL

    second.auth.mfa.authenticators.delete(authenticator["id"])
    ended = second.client.token
    second.auth.logout()
    second.client.token = ended
    refuses(401, second.auth.get)
    refuses(401, user.auth.get)

    user.auth.login(EMAIL, COMPANY, PASSWORD)
    other = client()
    other.auth.login(EMAIL, COMPANY, PASSWORD)
    ended = other.client.token
    user.auth.logout_all()
    other.client.token = ended
    refuses(401, other.auth.get)

    user.auth.post({"user": EMAIL, "company": COMPANY}, "deactivate")
    user.auth.post({"key": message("user.deactivate.verify", EMAIL)["key"]}, "deactivate/verify")
    refuses(400, client().auth.login, EMAIL, COMPANY, PASSWORD)
    user.auth.post({"user": EMAIL, "company": COMPANY}, "request-delete")
    user.auth.post({"key": message("user.request_delete.verify", EMAIL)["key"]}, "request-delete/verify")
    refuses(400, client().auth.login, EMAIL, COMPANY, PASSWORD)
    print("done")


main()
