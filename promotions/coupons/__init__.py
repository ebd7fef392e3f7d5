"""Batches of codes: what may be issued, and which codes are free."""
