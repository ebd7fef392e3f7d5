"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """The imports app."""

    name = "imports"
    verbose_name = _("Imports")
