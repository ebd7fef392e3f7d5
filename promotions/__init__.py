"""Promotions: the catalog, programs and their versions, the engine, coupons and orders."""
