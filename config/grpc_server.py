"""The gRPC process: tills and reports over proto/, with health and reflection.

`python -m config.grpc_server` serves until SIGTERM or SIGINT, then lets running calls finish.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if __name__ == "__main__":
    django.setup()

import grpc
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from config.grpc_calls import handlers, methods
from config.grpc_options import GrpcOptions
from config.health import states
from config.local_services import LocalServicesError, hold_if_local

SECONDS_BETWEEN_CHECKS = 5.0
SECONDS_TO_FINISH = 10.0
Status = health_pb2.HealthCheckResponse


class CannotListen(Exception):
    """The address or the certificate is no good; the message says what to do."""


class GrpcServer:
    """The server and what it tells of its health.

    `""` is served as long as the process answers; a service is, while PostgreSQL answers.
    """

    def __init__(self, options: GrpcOptions) -> None:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self._options = options
        self._health = health.HealthServicer(experimental_non_blocking=True)
        self._server = grpc.server(
            ThreadPoolExecutor(options.threads, thread_name_prefix="call"),
            handlers=handlers(),
            options=[
                ("grpc.max_receive_message_length", limit),
                # Otherwise a second server would take half of the calls of the first, unsaid.
                ("grpc.so_reuseport", 0),
            ],
        )
        self._names = sorted({one.service.full_name for one in methods()})
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if options.reflection:
            names = (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, self._server)

    def start(self) -> int:
        """Listen; return the port. Raises: CannotListen."""
        options, port = self._options, 0
        try:
            if options.certificate and options.key:
                pair = (options.key.read_bytes(), options.certificate.read_bytes())
                credentials = grpc.ssl_server_credentials([pair])
                port = self._server.add_secure_port(options.address, credentials)
            else:
                port = self._server.add_insecure_port(options.address)
        except (OSError, RuntimeError) as error:
            raise CannotListen(f"Cannot listen on {options.address}: {error}") from error
        if not port:
            raise CannotListen(f"Cannot listen on {options.address}.")
        self._server.start()
        self._health.set("", Status.SERVING)
        self.tell_health()
        return port

    def tell_health(self) -> None:
        """Tell of each service whether it can do its work now."""
        close_old_connections()
        held = states()
        close_old_connections()
        is_ready = all(held[name] == "ok" for name in ("database", "migrations"))
        for name in self._names:
            self._health.set(name, Status.SERVING if is_ready else Status.NOT_SERVING)

    def stop(self) -> None:
        """Take no more calls, and let those that run finish."""
        self._health.enter_graceful_shutdown()
        self._server.stop(SECONDS_TO_FINISH).wait()


def main() -> str | None:
    """Serve until asked to stop. Return why it could not, or None."""
    asked_to_stop = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked_to_stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        hold_if_local()
        server = GrpcServer(settings.GRPC)
        port = server.start()
    except (CannotListen, LocalServicesError, ImproperlyConfigured) as error:
        return str(error)
    # As in config/wsgi.py, and for its reasons.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sort = "TLS" if settings.GRPC.certificate else "plain text"
    print(f"gRPC listens on {settings.GRPC.host}, port {port} ({sort}).", flush=True)
    while not asked_to_stop.wait(SECONDS_BETWEEN_CHECKS):
        server.tell_health()
    server.stop()
    return None


if __name__ == "__main__":
    sys.exit(main())
