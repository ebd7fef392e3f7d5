"""Pages of reports, with the look of the admin."""
