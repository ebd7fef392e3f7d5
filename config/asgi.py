"""The ASGI entry point, for what needs a lasting connection; HTTP itself is served by WSGI."""

import os

from django.core.asgi import get_asgi_application

from config.local_services import hold_if_local

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
hold_if_local()
application = get_asgi_application()
