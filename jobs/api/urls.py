"""Addresses under /api/v1/."""

from django.urls import path

from jobs.api.jobs import JobView, StopJobView

urlpatterns = [
    path("jobs/<int:job>", JobView.as_view(), name="job"),
    path("jobs/<int:job>/stop", StopJobView.as_view(), name="job-stop"),
]
