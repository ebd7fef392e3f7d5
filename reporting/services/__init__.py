"""The use cases of reporting: one file each."""
