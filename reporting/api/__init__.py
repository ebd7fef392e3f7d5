"""REST: reports."""
