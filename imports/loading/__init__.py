"""From rows that were read to calls of services."""
