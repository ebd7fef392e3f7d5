"""REST: programs, coupons, catalog and orders."""
