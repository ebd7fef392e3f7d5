"""The product's settings for processes that are going to be killed."""

from tests.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.faults.listener"]  # noqa: F405
ALLOWED_HOSTS += ["testserver"]  # noqa: F405 - the name under which Django's own client calls
RATES_PER_MINUTE = {"pos": 0, "marketing": 0, "manager": 0, "admin": 0}
