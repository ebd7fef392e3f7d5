"""A real year of groceries: the Complete Journey data, replayed basket by basket.

What the tables mean and how they become products, programs and orders: docs/groceries.md.
"""
