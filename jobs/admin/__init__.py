"""The admin's pages of this app."""

from jobs.admin import jobs  # noqa: F401 - registers
