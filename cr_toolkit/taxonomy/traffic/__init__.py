"""Traffic generators, one file per regime: seeded, and integers only in what they return."""

from cr_toolkit.taxonomy.traffic.catalogue import TRAFFICS, Generator
from cr_toolkit.taxonomy.traffic.law import Law

__all__ = ["TRAFFICS", "Generator", "Law"]
