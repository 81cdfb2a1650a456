"""A lifted family as a Python file that registers it."""

from __future__ import annotations

from fractions import Fraction

from adversaries.lifting.formula import construction, formula
from adversaries.lifting.growth import Growth
from adversaries.lifting.polynomial import Polynomial
from adversaries.lifting.series import Lifted
from adversaries.subject import Subject
from cr_toolkit.errors import InputError

_TEMPLATE = '''"""{name}: a family lifted from witnesses against {policy}."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission, Queue


@FAMILIES.register("{name}")
class Lifted{identifier}(Family):
    """{construction}.

    Certified so far: {certified}.
    """

    policy = "{policy}"
    admissions = frozenset({{Admission.{admission}}})
    queue = Queue.{queue}
    growing = "k"
    source = "lifted from witnesses; its limit is an extrapolation"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return k = {first}, doubled with each size, if its peaks are at most ``alpha`` M."""
        k = {first} << (size - 1)
        pattern = self.pattern(k=k)
        return {{"k": k}} if pattern.max_peak <= alpha * pattern.memory else None

    def pattern(self, *, k: int) -> Pattern:
        """Return the member at ``k``."""
        blocks = (
{blocks}
        )
        return Pattern({memory}, blocks, {repeat})

    def limit(self, alpha: Fraction) -> Fraction | None:
        """Return the extrapolated limit{unbounded}."""
        return {limit}
'''


def family_source(lifted: Lifted, growth: Growth, subject: Subject, policy: str, name: str) -> str:
    """Return the text of a Python file that registers ``lifted`` as the family ``name``.

    Args:
        lifted: the family.
        growth: what was certified of it.
        subject: the run it hurts.
        policy: the policy's name.
        name: registered name: letters, digits and hyphens.

    Raises:
        InputError: if the name has other characters, or no member was evaluated.
    """
    identifier = "".join(part.capitalize() for part in name.split("-"))
    if not identifier.isalnum() or not identifier.isascii():
        raise InputError(f"must be letters, digits and hyphens, got {name!r}", field="name")
    if not growth.members:
        raise InputError("has no member within reach", field="family")
    certified = ", ".join(f"{int(1000 * member.ratio) / 1000} at k = {member.k}" for member in growth.members[-3:])
    blocks = ",\n".join(f"            Block({', '.join(_code(number) for number in block)})" for block in lifted.blocks)
    return _TEMPLATE.format(
        name=name,
        identifier=identifier,
        policy=policy,
        construction=construction(lifted),
        certified=certified,
        admission=subject.admission.name,
        queue=subject.queue.name,
        first=max(1, min(lifted.members, default=1)),
        blocks=blocks + ",",
        memory=_code(lifted.memory),
        repeat=_code(lifted.repeat),
        limit=_fraction(growth.limit),
        unbounded="" if growth.limit is not None else ": none was seen",
    )


def _code(polynomial: Polynomial) -> str:
    """Return an integer expression of k: the numerator over the common denominator, which divides it."""
    from math import lcm

    common = lcm(*(c.denominator for c in polynomial.coefficients)) if polynomial.coefficients else 1
    text = formula(polynomial * Polynomial.of(common))
    return text if common == 1 else f"({text}) // {common}"


def _fraction(value: Fraction | None) -> str:
    if value is None:
        return "None"
    rounded = value.limit_denominator(1000)
    return f"Fraction({rounded.numerator}, {rounded.denominator})"
