"""The admin's pages of this app."""

from imports.admin import asked, rows, runs  # noqa: F401 - registers
