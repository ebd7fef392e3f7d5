"""The API without a server between: for setting shops up."""

from __future__ import annotations

from typing import Any

import orjson

from benchmarks.shop import Api


class InProcess(Api):
    """The API in this process, where Django is set up and `testserver` an allowed host."""

    def send(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Return the answer. Raises: RuntimeError."""
        from django.test import Client

        answer = Client().generic(
            method,
            f"/api/v1/{path}",
            orjson.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Token {self.token}"},
        )
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.content!r}")
        read: dict[str, Any] = orjson.loads(answer.content)
        return read
