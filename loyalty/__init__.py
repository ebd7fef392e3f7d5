"""Members, levels, cards and the points ledger."""
