"""A submission server for tests: keeps every mail it accepts as FOLDER/received/N.eml with its envelope in N.json.

sink.py FOLDER SMTP SMTPS PLAIN LMTP INTROSPECT: three ports (STARTTLS, TLS, neither and AUTH not asked for), Dovecot's LMTP port
for recipients that have a mailbox here, and the address that says what an OAuth token is worth.

Recipients whose name begins so are answered so: reject (550), defer (451), full (452), slow (after 3 s).
FOLDER/modes.json, read at each step, makes it fail for one sender (the login, else the envelope sender) or for all ("*"):
  {"ada@shop.example": {"mail": {"reply": "421 4.3.2 closing"}, "end": {"delay": 2}, "stored": {"close": true}}}
Steps: auth, mail, rcpt, data (the command), end (all was read, nothing kept), stored (kept, not answered). A step may delay
(seconds), reply (another answer) and close (hang up without one); "times" is how often, else always.
"""

import asyncio
import base64
import json
import os
import smtplib
import ssl
import sys
import time
import urllib.request

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, auth_mechanism

folder, smtp_port, smtps_port, plain_port, lmtp_port, introspect = sys.argv[1], *map(int, sys.argv[2:6]), sys.argv[6]
received = os.path.join(folder, "received")
number = len([name for name in os.listdir(received) if name.endswith(".json")])
used = {}
ADDRESS_ANSWERS = {"reject": "550 5.1.1 no such user here", "defer": "451 4.7.1 try again later", "full": "452 4.2.2 mailbox full"}


def users():
    with open(os.path.join(folder, "users"), encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(":{PLAIN}", 1) for line in file if ":{PLAIN}" in line)


def may_log_in(server, session, envelope, mechanism, data):
    name, password = data.login.decode(), data.password.decode()
    return AuthResult(success=users().get(name) == password, handled=False, auth_data=name)


def token_owner(token):
    request = urllib.request.Request(introspect, headers={"Authorization": "Bearer " + token})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            told = json.load(answer)
    except (OSError, ValueError):
        return None
    return told.get("email") if told.get("active") else None


async def step(server, session, envelope, name):
    """What modes.json wants at this step: None to go on, else the answer to give."""
    try:
        with open(os.path.join(folder, "modes.json"), encoding="utf-8") as file:
            modes = json.load(file)
    except (OSError, ValueError):
        return None
    for who in (session.auth_data, getattr(envelope, "mail_from", None), "*"):
        rule = modes.get(who, {}).get(name) if who else None
        if rule is None:
            continue
        key = (who, name, json.dumps(rule, sort_keys=True))
        used[key] = used.get(key, 0) + 1
        if used[key] > rule.get("times", 1 << 30):
            continue
        await asyncio.sleep(rule.get("delay", 0))
        if rule.get("close"):
            server.transport.abort()
            raise asyncio.CancelledError
        return rule.get("reply")
    return None


class Server(SMTP):
    """aiosmtpd's, with the token mechanisms mail providers have."""

    async def token(self, arguments, read):
        given = await self.challenge_auth("") if len(arguments) == 1 else base64.b64decode(arguments[1])
        user, token = read(given.decode() if given is not MISSING else "")
        owner = await asyncio.get_running_loop().run_in_executor(None, token_owner, token)
        if owner == user:
            return AuthResult(success=True, auth_data=user)
        # RFC 7628 3.2.3: the reason comes as a challenge, the client answers with anything, and only then it fails.
        await self.challenge_auth(base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode(), encode_to_b64=False)
        return AuthResult(success=False, handled=False)

    @auth_mechanism("XOAUTH2")
    async def auth_XOAUTH2(self, _, arguments):
        def read(text):
            fields = dict(part.split("=", 1) for part in text.split("\x01") if "=" in part)
            return fields.get("user"), fields.get("auth", "").removeprefix("Bearer ")

        return await self.token(arguments, read)

    @auth_mechanism("OAUTHBEARER")
    async def auth_OAUTHBEARER(self, _, arguments):
        def read(text):
            head, _, rest = text.partition("\x01")
            fields = dict(part.split("=", 1) for part in rest.split("\x01") if "=" in part)
            user = next((part[2:] for part in head.split(",") if part.startswith("a=")), None)
            return user, fields.get("auth", "").removeprefix("Bearer ")

        return await self.token(arguments, read)


class Handler:
    def __init__(self, port):
        self.port = port

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses[:-1] + ["250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_AUTH(self, server, session, envelope, arguments):
        return await step(server, session, envelope, "auth") or MISSING

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = await step(server, session, envelope, "mail")
        if answer:
            return answer
        envelope.mail_from, envelope.mail_options = address, list(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = await step(server, session, envelope, "rcpt")
        for start, fixed in ADDRESS_ANSWERS.items():
            if address.startswith(start):
                answer = answer or fixed
        if address.startswith("slow"):
            await asyncio.sleep(3)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = await step(server, session, envelope, "end")
        if answer:
            return answer
        self.keep(session, envelope)
        local = [to for to in envelope.rcpt_tos if to in users()]
        if local:
            await asyncio.get_running_loop().run_in_executor(None, deliver, envelope, local)
        return await step(server, session, envelope, "stored") or f"250 2.0.0 queued as {number}"

    def keep(self, session, envelope):
        global number
        number += 1
        envelope_of = {
            "number": number, "at": time.time(), "from": envelope.mail_from, "to": envelope.rcpt_tos, "options": envelope.mail_options,
            "login": session.auth_data or None, "tls": session.ssl is not None, "helo": session.host_name, "port": self.port,
        }
        for name, content in ((f"{number:08}.eml", envelope.original_content), (f"{number:08}.json", json.dumps(envelope_of).encode())):
            path = os.path.join(received, name)
            with open(path + ".part", "wb") as file:
                file.write(content)
            os.rename(path + ".part", path)


def deliver(envelope, local):
    with smtplib.LMTP("127.0.0.1", lmtp_port, timeout=20) as connection:
        connection.sendmail(envelope.mail_from or "", local, envelope.original_content)


class CommandData(Server):
    """DATA has no hook of its own before the 354, so the step stands here."""

    async def smtp_DATA(self, arg):
        answer = await step(self, self.session, self.envelope, "data") if self.envelope.rcpt_tos else None
        if answer:
            await self.push(answer)
            return
        await super().smtp_DATA(arg)


async def main():
    with open(os.path.join(folder, "sink.pid"), "w", encoding="ascii") as file:
        file.write(str(os.getpid()))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    loop = asyncio.get_running_loop()
    common = {"authenticator": may_log_in, "enable_SMTPUTF8": True, "data_size_limit": 30_000_000, "hostname": "localhost", "loop": loop}

    def server(port, **more):
        return lambda: CommandData(Handler(port), **common, **more)

    await loop.create_server(server(smtp_port, tls_context=tls, auth_required=True, auth_require_tls=True), "127.0.0.1", smtp_port)
    await loop.create_server(server(smtps_port, auth_required=True, auth_require_tls=False), "127.0.0.1", smtps_port, ssl=tls)
    await loop.create_server(server(plain_port, auth_require_tls=False), "127.0.0.1", plain_port)
    await asyncio.Event().wait()


asyncio.run(main())
