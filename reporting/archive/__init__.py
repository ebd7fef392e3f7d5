"""The way of old details into compressed files, and back."""
