"""Addresses under /api/v1/; one that goes on after a reference stands before one that ends."""

from django.urls import path

from access import references  # noqa: F401 - registers <ref:…>
from loyalty.api import memberships, partners, programs

urlpatterns = [
    path("partners", partners.PartnersView.as_view(), name="partners"),
    path(
        "partners/<ref:ref>/membership/change",
        memberships.MembershipChangeView.as_view(),
        name="membership-change",
    ),
    path("partners/<ref:ref>/membership", memberships.MembershipView.as_view(), name="membership"),
    path("partners/<ref:ref>", partners.PartnerView.as_view(), name="partner"),
    path(
        "membership-products/<ref:ref>",
        memberships.MembershipProductView.as_view(),
        name="membership-product",
    ),
    path("level-paths/<ref:ref>", memberships.LevelPathView.as_view(), name="level-path"),
    path(
        "loyalty-programs/<ref:ref>/liability",
        programs.LiabilityView.as_view(),
        name="loyalty-program-liability",
    ),
    path(
        "loyalty-programs/<ref:ref>", programs.LoyaltyProgramView.as_view(), name="loyalty-program"
    ),
]
