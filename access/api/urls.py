"""Addresses under /api/v1/."""

from django.urls import path

from access.api.whoami import WhoAmIView

urlpatterns = [path("whoami", WhoAmIView.as_view(), name="whoami")]
