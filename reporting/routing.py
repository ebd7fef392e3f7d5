"""WebSockets of reporting."""

from typing import Any

from django.urls import path

from reporting.live import DashboardSocket

_dashboard: Any = DashboardSocket.as_asgi()  # Django's types know HTTP alone
ROUTES: list[Any] = [path("ws/reports/dashboard", _dashboard)]
