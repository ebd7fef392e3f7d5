"""The web process: HTTP, served by granian."""

import os

from django.core.wsgi import get_wsgi_application

from config.local_services import hold_if_local

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
hold_if_local()
application = get_wsgi_application()
