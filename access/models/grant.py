"""What a token may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.caller import Role

ROLE_CHOICES = [
    (Role.POS.value, _("Till (POS)")),
    (Role.MARKETING.value, _("Marketing")),
    (Role.MANAGER.value, _("Manager")),
    (Role.ADMIN.value, _("Administrator")),
]


class Grant(models.Model):
    """The role of one token, and the one POS it acts for.

    The POS is kept by its reference, not as a foreign key: this app lies below the one that
    owns points of sale, and a grant for a POS that is gone must simply see nothing.
    """

    token = models.OneToOneField("knox.AuthToken", on_delete=models.CASCADE, related_name="grant")
    role = models.CharField(_("role"), max_length=16, choices=ROLE_CHOICES)
    pos_ref = models.CharField(_("POS"), max_length=64, blank=True)

    class Meta:
        """Constraints."""

        verbose_name = _("API grant")
        verbose_name_plural = _("API grants")
        constraints = [
            models.CheckConstraint(
                name="grant_of_a_till_names_its_pos",
                condition=~models.Q(role=Role.POS.value) | ~models.Q(pos_ref=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pos_ref}".strip()
