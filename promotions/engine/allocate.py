"""Splitting an amount over lines without losing a cent."""

from collections.abc import Sequence


def split(amount: int, weights: Sequence[int], total: int) -> list[int]:
    """Split a whole amount in proportion to weights so that the parts sum to it exactly.

    Largest remainder: every part is its share rounded down, and the units left go to the largest
    remainders, one each; among equal remainders the earlier weight first. No part exceeds its
    weight while `amount` <= `total`. `total` is the sum of the weights; callers have it at hand.
    """
    if amount == total:
        return list(weights)
    parts = [amount * weight // total for weight in weights]
    left = amount - sum(parts)
    if left:
        remainders = [amount * weight % total for weight in weights]
        # Sorting in reverse is stable too: equal remainders stay in their order.
        by_size = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
        for index in by_size[:left]:
            parts[index] += 1
    return parts
