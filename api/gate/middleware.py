"""A request -> its id, its admission, its body within limits, its answer, its metrics."""

from __future__ import annotations

import logging
import time

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.gate.admission import Admission, client_of
from api.gate.bodies import Body
from api.gate.rates import Meter
from api.gate.request_id import request_id
from api.gate.slots import IMPORT_PATH, RequestSlots, Slots
from api.keys.keyring import ANYBODY, asking
from api.logs import path_of, route_of, write_access
from api.logs import request_id as logged_request_id
from api.metrics import Metrics
from api.problems import refusal, respond
from api.settings import Settings
from api.tracing import REQUEST_ID, annotate, span_cleaner

log = logging.getLogger(__name__)
# Status that is counted, never sent, when the client is gone; nginx logs the same.
CLIENT_CLOSED_REQUEST = 499
# Methods that are counted by their name: a client may make others up, each a series of its own.
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"}


class _AnswerNotRead(Exception):
    """The client does not read its answer."""


class Gate:
    """ASGI middleware. A refusal is a problem document and costs no model time."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self.slots = Slots(settings.max_in_flight, settings.max_body_bytes, metrics)
        self._admission = Admission(settings, self.slots)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        id = request_id(headers.get(b"x-request-id", ""))
        scope.setdefault("state", {})["request_id"] = id
        client = client_of(scope)
        slots = RequestSlots(self.slots, scope["method"], scope["path"], client)
        body = Body(scope, headers, self._settings, slots)
        meter = scope["state"]["meter"] = self._admission.meter()
        clean_span = span_cleaner()
        clean_span(path_of(scope))

        async def send_traced(message: Message) -> None:
            clean_span(path_of(scope))  # again: by now it is known whether it names what is hidden
            await send(message)

        answer = _Answer(send_traced, id, self._settings.body_timeout, meter)
        caller = ANYBODY
        started = time.perf_counter()
        annotate(REQUEST_ID, id)
        token, nobody = logged_request_id.set(id), asking.set(ANYBODY)
        try:
            await self._admission.look(scope)
            caller = scope["state"]["caller"] = self._admission.check(scope, headers, client, meter)
            asking.set(caller)
            # Nothing behind the gate has a use for the key itself.
            scope["headers"] = [each for each in scope["headers"] if each[0] != b"authorization"]
            if scope["path"] == IMPORT_PATH:
                slots.take_long_running()
            body.check_headers()
            await self._app(scope, body.limited(receive), answer.send)
        except ClientDisconnect:
            answer.status = CLIENT_CLOSED_REQUEST
        except _AnswerNotRead:
            answer.status = CLIENT_CLOSED_REQUEST
            log.warning("the answer was not read and is dropped")
        except HTTPException as error:
            await respond(error.status_code, error.detail, id)(scope, receive, answer.send)
        except Exception as error:
            problem = refusal(error, id)
            if answer.begun:
                raise
            await problem(scope, receive, answer.send)
        finally:
            slots.release()
            if body.client_left:  # whatever was answered, nobody received it
                answer.status = CLIENT_CLOSED_REQUEST
            seconds = time.perf_counter() - started
            # The template, not the path: an id in a label would make a series of each document.
            route = route_of(scope)
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.requests.labels(method, route, str(answer.status)).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            write_access(
                scope,
                answer.status,
                seconds,
                bytes_in=body.received_bytes,
                bytes_out=answer.sent_bytes,
                body=body.kept,
                key=caller.key.id if caller.key else None,
            )
            logged_request_id.reset(token)
            asking.reset(nobody)


class _Answer:
    """Sends one answer with the headers of every answer, and remembers its status."""

    def __init__(self, send: Send, request_id: str, part_seconds: float, meter: Meter) -> None:
        self._send, self._part_seconds, self._meter = send, part_seconds, meter
        self._headers = [
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        self.status, self.begun, self.sent_bytes = 500, False, 0

    async def send(self, message: Message) -> None:
        """
        Raises:
            _AnswerNotRead: the client took no part of it in time.
        """
        if message["type"] == "http.response.start":
            self.begun = True
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._headers, *self._meter.headers()]
        try:
            with anyio.fail_after(self._part_seconds):
                await self._send(message)
        except TimeoutError as error:
            raise _AnswerNotRead from error
        self.sent_bytes += len(message.get("body", b""))
