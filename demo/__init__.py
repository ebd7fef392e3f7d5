"""Shops to look at: a seeded general store, and a real year of groceries."""
