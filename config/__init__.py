"""How the apps become one program: settings, addresses, entry points, local servers."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
