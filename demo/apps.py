"""The demo app: no tables, only commands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Loads shops to look at."""

    name = "demo"
    verbose_name = _("Demo")
