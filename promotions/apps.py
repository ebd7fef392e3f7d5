"""The promotions app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromotionsConfig(AppConfig):
    """The promotions app."""

    name = "promotions"
    verbose_name = _("Promotions")

    def ready(self) -> None:
        """Tell the app of tokens which POS exist. Raises: ImproperlyConfigured (an old engine)."""
        from access.known_pos import ask_for_pos
        from promotions.compiled_engine import assert_up_to_date
        from promotions.models import PosConfig  # models must be loaded first

        assert_up_to_date()
        ask_for_pos(lambda ref: PosConfig.objects.filter(ref=ref).exists())
