"""What is counted about requests, and the page Prometheus reads."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from config.event_metrics import event_metrics
from config.problems import address_not_found

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_LOOPBACK = frozenset({"127.0.0.1", "::1", ""})  # "": a Unix socket has no address

requests = Counter("punchcard_http_requests", "Requests answered.", ["route", "method", "status"])
seconds = Histogram(
    "punchcard_http_request_seconds", "Time to answer.", ["route"], buckets=_BUCKETS
)
grpc_calls = Counter("punchcard_grpc_calls", "gRPC calls answered.", ["method", "code"])
grpc_seconds = Histogram(
    "punchcard_grpc_call_seconds", "Time to answer.", ["method"], buckets=_BUCKETS
)


class Measured:
    """Middleware: counts every request by its route, so that a reference makes no new series."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and count it."""
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match is not None else ""
        method = request.method if request.method in _METHODS else "other"
        requests.labels(route, method, response.status_code).inc()
        seconds.labels(route).observe(time.perf_counter() - started)
        return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the metrics of all worker processes; for this machine, or for the token's bearer.

    To anybody else there is no such address. A proxy on this machine passes strangers on from a
    loopback address, so a forwarded request needs the token too.
    """
    if not _may_read(request):
        return address_not_found(request)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # Each worker counts in a file of its own there; this process adds them up.
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    answer = generate_latest(registry) + event_metrics()
    return HttpResponse(answer, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    meta = request.META
    token: str = settings.METRICS_TOKEN
    given: str = meta.get("HTTP_AUTHORIZATION", "")
    if token and compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    forwarded = "HTTP_X_FORWARDED_FOR" in meta or "HTTP_FORWARDED" in meta
    return not forwarded and meta.get("REMOTE_ADDR", "") in _LOOPBACK
