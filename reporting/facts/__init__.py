"""How facts are made from what the other apps keep."""
