"""Every measure counted again, one order after the other, from what orders and ledger keep.

Nothing here reads facts or summaries, nor the SQL that makes them: what the two agree on was
come to in two ways.
"""
