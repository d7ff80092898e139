"""Largest-remainder allocation in exact arithmetic, so that what is paid out equals what there is.

Method: Hamilton's largest remainder. Every part gets the whole steps of its exact share; the steps left over
go to the largest remainders. Equal remainders go to the larger weight, then to the earlier position, so the
same input always gives the same parts.
Not modelled: minimum or maximum amounts per part.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Rational

Weight = int | float | Decimal | Rational
FEN = Decimal("0.01")


class AllocationError(ValueError):
    """An amount cannot be shared; the message names the amount or weight and the next step."""


def apportion(whole: int, weights: Sequence[Weight]) -> list[int]:
    """Whole numbers (steps) that add up to the whole and follow the weights as closely as possible.

    Args:
        whole: Number of steps to share, 0 or more.
        weights: One weight per part, 0 or more, at least one above 0. Floats are taken at their exact value.

    Raises:
        AllocationError: The whole is negative, a weight is negative or not finite, or no weight is above 0.

    >>> apportion(10, [1, 1, 1])
    [4, 3, 3]
    """
    exact = _exact(weights)
    if whole < 0:
        raise AllocationError(f"cannot share {whole}: the whole must be 0 or more.")
    total = sum(exact)
    if total == 0:
        raise AllocationError(
            f"cannot share {whole} over {len(exact)} parts: no weight is above 0; "
            "return the amount to where it came from."
        )
    shares = [whole * weight / total for weight in exact]
    parts = [int(share) for share in shares]
    left = whole - sum(parts)
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], -exact[i], i))
    for i in order[:left]:
        parts[i] += 1
    return parts


def apportion_money(amount: Decimal, weights: Sequence[Weight], step: Decimal = FEN) -> list[Decimal]:
    """Amounts (yuan) that add up exactly to the amount, in whole steps as far as the amount allows.

    Args:
        amount: Yuan to share, in whole fen.
        weights: One weight per part, as for `apportion`.
        step: Yuan per step, for example 10000 where published amounts are whole ten thousands. What is left
            of the amount below one step is shared in fen by the same weights.

    Raises:
        AllocationError: As for `apportion`, or the amount is not in whole fen, or the step is no multiple of one.

    >>> apportion_money(Decimal("2000"), [800, 720, 500])
    [Decimal('792.08'), Decimal('712.87'), Decimal('495.05')]
    """
    if amount % FEN != 0 or step <= 0 or step % FEN != 0:
        raise AllocationError(f"cannot share {amount} yuan in steps of {step}: both must be whole fen.")
    steps, rest = divmod(amount, step)
    whole = apportion(int(steps), weights)
    small = apportion(int(rest / FEN), weights)
    return [n * step + fen * FEN for n, fen in zip(whole, small, strict=True)]


def _exact(weights: Sequence[Weight]) -> list[Fraction]:
    exact = []
    for i, weight in enumerate(weights):
        try:
            value = Fraction(weight)
        except (ValueError, OverflowError, TypeError) as error:
            raise AllocationError(f"weight {i} is {weight!r}; give a finite number.") from error
        if value < 0:
            raise AllocationError(f"weight {i} is {weight}; a weight is 0 or more.")
        exact.append(value)
    return exact
