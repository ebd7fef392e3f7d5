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
    scaled = [amount * weight for weight in weights]
    parts = [product // total for product in scaled]
    left = amount - sum(parts)
    if left:
        remainders = [-(product % total) for product in scaled]
        for index in sorted(range(len(parts)), key=remainders.__getitem__)[:left]:
            parts[index] += 1
    return parts
