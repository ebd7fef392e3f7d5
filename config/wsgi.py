"""The web process: HTTP, served by granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.local_services import hold_if_local

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
hold_if_local()
application = get_wsgi_application()

# A quote makes thousands of short-lived objects and no cycles to speak of. Python's default is to
# walk the young ones every 700 allocations and, now and then, the whole process: half the time of
# a quote. What the start made stays for good, so it is never walked; the rest, seldom.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
