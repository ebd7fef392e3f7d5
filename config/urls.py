"""Where every address leads."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerView,
)

from config.error_table import error
from config.graphql import GraphQLView
from config.health import live, ready
from config.metrics import metrics
from config.problems import address_not_found
from config.till import qr, till, words
from events.admin.operations_page import operations

urlpatterns = [
    # Tills first: addresses are tried in this order.
    path("api/v1/", include("promotions.api.order_urls")),
    path("api/v1/", include("loyalty.api.card_urls")),
    path("api/v1/", include("access.api.urls")),
    path("api/v1/", include("promotions.api.member_urls")),
    path("api/v1/", include("jobs.api.urls")),
    path("api/v1/", include("loyalty.api.urls")),
    path("api/v1/", include("promotions.api.urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("graphql", GraphQLView.as_view(), name="graphql"),
    path("api/errors/<slug:code>", error, name="api-error"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(), name="api-docs"),
    path("api/redoc/", SpectacularRedocView.as_view(), name="api-redoc"),
    # With DEBUG on, Django would answer an unknown address with a page of its own.
    re_path(r"^api/", address_not_found),
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/operations/", admin.site.admin_view(operations), name="operations"),
    path("admin/reports/", include("reporting.admin.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("till/", till, name="till"),
    path("till/words.js", words, name="till-words"),
    path("till/qr.svg", qr, name="till-qr"),
]
