"""Set up a member."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from loyalty.domain.text import check_text
from loyalty.errors import InvalidText, MembershipProductNotFound
from loyalty.models import MembershipProduct, Partner
from loyalty.services.change_membership import change_membership


@dataclass(frozen=True, slots=True)
class PartnerSaved:
    """A member as they now are. `membership_product_id`: the level set by this call, if one was."""

    partner_id: int
    ref: str
    created: bool
    membership_product_id: int | None


def upsert_partner(
    *,
    ref: str,
    name: str,
    email: str = "",
    phone: str = "",
    membership: str | None = None,
    at: datetime,
) -> PartnerSaved:
    """Make the member with this reference, or set what is known of them.

    `membership`: the reference of the level to set; "" ends the membership, None leaves it.
    Raises: InvalidText (facts field), MembershipProductNotFound.
    Writes: loyalty_partner, and what `change_membership` writes.
    Safe under: replay and concurrency, by the reference being unique and the partner's row lock.
    """
    product_id = None
    if membership:
        product = MembershipProduct.objects.filter(ref=membership).only("pk").first()
        if product is None:
            raise MembershipProductNotFound(membership_product=membership)
        product_id = product.pk
    known = {
        "name": check_text("name", name, 200),
        "email": _checked_email(email),
        "phone": check_text("phone", phone, 40, least=0),
    }
    with transaction.atomic():
        partner, created = Partner.objects.update_or_create(
            ref=check_text("ref", ref, 64),
            defaults=known,
            create_defaults={**known, "created_at": at},
        )
        if membership is not None:
            change_membership(partner_id=partner.pk, membership_product_id=product_id, at=at)
    return PartnerSaved(partner.pk, partner.ref, created, product_id)


def _checked_email(email: str) -> str:
    text = check_text("email", email, 254, least=0)
    if text:
        try:
            validate_email(text)
        except ValidationError as error:
            raise InvalidText("This is no email address.", field="email") from error
    return text
