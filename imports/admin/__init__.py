"""The admin's pages of this app."""

from imports.admin import rows, runs  # noqa: F401 - registers
