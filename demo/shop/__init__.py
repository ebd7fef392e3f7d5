"""A believable general store: seeded, so that every load makes the same one."""
