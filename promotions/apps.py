"""The promotions app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromotionsConfig(AppConfig):
    """The promotions app."""

    name = "promotions"
    verbose_name = _("Promotions")

    def ready(self) -> None:
        """Tell the apps below what they may ask. Raises: ImproperlyConfigured (an old engine)."""
        from access.known_pos import ask_for_pos
        from loyalty.terms_in_force import ask_for_finer_programs
        from promotions.compiled_engine import assert_up_to_date
        from promotions.models import PosConfig  # models must be loaded first
        from promotions.programs.force import finer_in_force

        assert_up_to_date()
        ask_for_pos(lambda ref: PosConfig.objects.filter(ref=ref).exists())
        ask_for_finer_programs(finer_in_force)
