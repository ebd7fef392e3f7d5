"""The API as a till and a marketing script see it, called inside this process.

The whole stack answers: address, token, role, throttle, serializer, service, database. Being in
the process, it shares the connection, so that everything it wrote can be rolled back.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from rest_framework.test import APIClient

BASE = "/api/v1/"
Answer = dict[str, Any]


class ApiRefusal(Exception):
    """The API refused a call; the message says which and why."""

    def __init__(self, call: str, status: int, problem: Mapping[str, Any]) -> None:
        """Keep the problem document; `call` is the method and the path."""
        self.status = status
        self.problem = problem
        code = problem.get("code", "?")
        detail = "; ".join(
            [str(problem.get("detail", ""))]
            + [f"{one.get('pointer')}: {one.get('detail')}" for one in problem.get("errors", ())]
        )
        super().__init__(f"{call} answered {status} {code}: {detail}")


class Rest:
    """Calls with one token."""

    def __init__(self, token: str) -> None:
        """Call as the user of this token."""
        hosts = [host for host in settings.ALLOWED_HOSTS if host and host[0] not in ".*"]
        self._client = APIClient(
            raise_request_exception=False, SERVER_NAME=hosts[0] if hosts else "localhost"
        )
        self._client.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    def get(self, path: str, **query: str | int) -> Answer:
        """Return the answer. Raises: ApiRefusal."""
        return self._checked("GET", path, self._client.get(BASE + path, query, secure=True))

    def put(self, path: str, body: Answer) -> Answer:
        """Return the answer. Raises: ApiRefusal."""
        answer = self._client.put(BASE + path, body, format="json", secure=True)
        return self._checked("PUT", path, answer)

    def post(self, path: str, body: Answer | None = None) -> Answer:
        """Return the answer; every call has an idempotency key of its own. Raises: ApiRefusal."""
        answer = self._client.post(
            BASE + path,
            body or {},
            format="json",
            secure=True,
            headers={"Idempotency-Key": secrets.token_hex(16)},
        )
        return self._checked("POST", path, answer)

    @staticmethod
    def _checked(method: str, path: str, answer: Any) -> Answer:
        problem = "problem" in answer.headers.get("Content-Type", "")
        if answer.status_code >= 400 or problem:
            found = answer.json() if problem else {"code": "no_problem_document"}
            raise ApiRefusal(f"{method} {path}", answer.status_code, found)
        written: Answer = answer.json() if answer.content else {}
        return written


def segment(reference: str) -> str:
    """Return a reference as one segment of a path."""
    return quote(reference, safe="")
