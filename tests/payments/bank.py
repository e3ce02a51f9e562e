"""A stand-in for Stripe's servers on a port of this machine: card pages, refunds, signed callbacks."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

KEY, SECRET = "sk_test_of_these_tests", "whsec_of_these_tests"


class Bank:
    """Remembers card pages and refunds. ``refuses_refunds``, ``away``: what it does to the next calls."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, str]] = []
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.refuses_refunds = self.away = False
        self._answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, verb: str, path: str, form: dict[str, str], key: str) -> tuple[int, dict[str, Any]]:
        """Answer a call; the same idempotency key gets the same answer again."""
        with self._lock:
            self.calls.append((verb, path, form))
            if self.away:
                return 500, {"error": {"type": "api_error", "message": "away"}}
            if key and key in self._answers:
                return self._answers[key]
            status, body = self._new(verb, path, form)
            if key:
                self._answers[key] = status, body
            return status, body

    def _new(self, verb: str, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/v1/refunds":
            return self._refund(form)
        if verb == "POST" and path == "/v1/checkout/sessions":
            return 200, self._session(form)
        number = path.split("/")[4]
        if path.endswith("/expire"):
            self.sessions[number]["status"] = "expired"
        return 200, self.sessions[number]

    def _session(self, form: dict[str, str]) -> dict[str, Any]:
        number = f"cs_test_{len(self.sessions) + 1}"
        self.sessions[number] = {
            "id": number, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "url": f"https://checkout.stripe.com/c/pay/{number}", "currency": "cad",
            "client_reference_id": form["client_reference_id"], "payment_intent": f"pi_{number}",
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
        }  # fmt: skip
        return self.sessions[number]

    def _refund(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.refuses_refunds:
            return 402, {"error": {"type": "card_error", "code": "insufficient_funds", "message": "balance too low"}}
        if form["payment_intent"] in [one["payment_intent"] for one in self.refunds]:
            return 400, {"error": {"type": "invalid_request_error", "code": "charge_already_refunded", "message": "x"}}
        self.refunds.append(form)
        return 200, {"id": f"re_{len(self.refunds)}", "object": "refund", "status": "succeeded"}

    def pay(self, number: str, *, at: datetime, **changes: Any) -> dict[str, Any]:
        """Charge the card of a page; return the event that tells it."""
        self.sessions[number] |= {"status": "complete", "payment_status": "paid", **changes}
        return self.event("completed", number, at=at)

    def expire(self, number: str, *, at: datetime) -> dict[str, Any]:
        """Close a page; return the event that tells it."""
        return self.event("expired", number, at=at) | {
            "data": {"object": self.sessions[number] | {"status": "expired", "payment_status": "unpaid"}}
        }

    def event(self, kind: str, number: str, *, at: datetime) -> dict[str, Any]:
        return {
            "id": f"evt_{kind}_{number}", "object": "event", "type": f"checkout.session.{kind}",
            "created": int(at.timestamp()), "data": {"object": dict(self.sessions[number])},
        }  # fmt: skip


def signed(event: dict[str, Any], secret: str = SECRET) -> dict[str, Any]:
    """Return what Django's test client needs to post ``event`` as Stripe would."""
    body, now = json.dumps(event), int(time.time())  # noqa: TID251  Stripe's library reads the machine's clock
    mark = hmac.new(secret.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
    return {"data": body, "content_type": "application/json", "HTTP_STRIPE_SIGNATURE": f"t={now},v1={mark}"}


def _handler(bank: Bank) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            status, body = bank.answer(self.command, self.path, form, self.headers.get("Idempotency-Key", ""))
            told = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = _answer

        def log_message(self, *said: Any) -> None:
            """Keep the test's output clean."""

    return Handler
