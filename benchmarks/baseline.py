"""The least a token API in Django costs: an empty DRF view with DRF's own TokenAuthentication.

An application of its own, in one file, served like the product: `benchmarks.baseline:application`.
Its database is the one that BASELINE_DATABASE_URL names.
"""

# ruff: noqa: E402 - Django is told its settings before the rest of it is imported
from __future__ import annotations

import os
from urllib.parse import unquote

import django
import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application

USER = "bench"
KEY = "b" * 40

if not settings.configured:
    _database = environ.Env.db_url_config(os.environ["BASELINE_DATABASE_URL"])
    settings.configure(
        SECRET_KEY=KEY,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="benchmarks.baseline",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
        ],
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "rest_framework",
            "rest_framework.authtoken",
        ],
        REST_FRAMEWORK={
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        },
        DATABASES={
            "default": {
                **_database,
                "HOST": unquote(_database["HOST"]),
                "CONN_MAX_AGE": 600,
                "CONN_HEALTH_CHECKS": True,
            }
        },
    )
    django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import path
from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Empty(APIView):
    """Does nothing for whoever has a token."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        """Answer an empty object."""
        return Response({})


urlpatterns = [path("empty", Empty.as_view())]
application = get_wsgi_application()


def prepare() -> None:
    """Make the tables, the user and the token."""
    call_command("migrate", verbosity=0)
    user, _ = User.objects.get_or_create(username=USER)
    Token.objects.get_or_create(key=KEY, user=user)


if __name__ == "__main__":
    prepare()
