"""Taking over what other systems keep: products, members, programs, cards and orders."""
