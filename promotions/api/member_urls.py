"""Addresses of what promotions know of a member; they stand before those of the member alone."""

from django.urls import path

from access import references  # noqa: F401 - registers <ref:…>
from promotions.api import memberships, referrals

urlpatterns = [
    path(
        "partners/<ref:ref>/membership/evaluate",
        memberships.EvaluateView.as_view(),
        name="membership-evaluate",
    ),
    path(
        "partners/<ref:ref>/referral-code",
        referrals.ReferralCodeView.as_view(),
        name="referral-code",
    ),
]
