"""A real SMTP server (aiosmtpd) that keeps what it receives.

Usage: smtpd.py FOLDER PORT [CERTIFICATE KEY]. Port 0 picks a free one; with a certificate STARTTLS is demanded, and a
sign-in as relay-user with the password "p@ss". Prints its port, then serves until its standard input ends. Each message
becomes FOLDER/<number>.json.
"""

import email
import email.policy
import json
import os
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Keep:
    def __init__(self, folder):
        self.folder = folder

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name: str(value) for name, value in letter.items()},
            "text": letter.get_content(),
            "tls": session.ssl is not None,
            "signed_in": bool(session.authenticated),
        }
        name = os.path.join(self.folder, f"{len(os.listdir(self.folder)):04}.json")
        with open(name + ".draft", "w", encoding="utf-8") as file:
            json.dump(kept, file)
        os.rename(name + ".draft", name)
        return "250 kept"


def may_enter(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"relay-user", b"p@ss")
    return AuthResult(success=right, handled=right)


folder, port, *certificate = sys.argv[1:]
options = {}
if certificate:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    options = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": may_enter,
    }
controller = Controller(Keep(folder), hostname="127.0.0.1", port=int(port), ready_timeout=30, **options)
# The controller checks its port by calling it, which needs to be known before, and stay free until it listens.
held = socket.socket()
if int(port) == 0:
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    controller.port = held.getsockname()[1]
controller.start()
held.close()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()
