"""What every app stands on: errors, money, codes, numbers, rows. No tables."""
