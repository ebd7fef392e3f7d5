"""Addresses of the pages of reports."""

from django.urls import path

from reporting.admin import pages

urlpatterns = [
    path("", pages.dashboard, name="report-dashboard"),
    path("programs/<int:program_id>/", pages.program, name="report-program"),
]
