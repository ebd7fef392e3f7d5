"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    """The loyalty app."""

    name = "loyalty"
    verbose_name = _("Loyalty")
