"""Reading files of other systems."""
