"""Scenarios: baskets with the totals a shop expects, run through the public API.

A scenario file says which products, members, programs and coupons there are, which baskets are
quoted, committed and given back, and what must come out. See docs/scenarios.md.
"""
