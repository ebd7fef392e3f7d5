"""Which programs get in each other's way: baskets made for each, decided by the engine."""
