"""What may be done about tokens and roles."""
