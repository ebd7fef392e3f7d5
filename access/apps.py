"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """The access app."""

    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        """Connect the token cache to the tables it stands before; register the OpenAPI parts."""
        from access import hooks, openapi  # noqa: F401 - models must be loaded first

        hooks.connect()
