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
    size = len(weights)
    parts = []
    ranks = []
    left = amount
    for place, weight in enumerate(weights):
        part, remainder = divmod(amount * weight, total)
        parts.append(part)
        left -= part
        # Remainder and place in one number: the largest is the next to get a unit.
        ranks.append(remainder * size - place)
    if left:
        ranks.sort(reverse=True)
        for rank in ranks[:left]:
            parts[-rank % size] += 1
    return parts
