"""Addresses under /api/v1/."""

from django.urls import path

from jobs.api.jobs import JobView

urlpatterns = [path("jobs/<int:job>", JobView.as_view(), name="job")]
