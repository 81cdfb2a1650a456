"""SVF under Poisson arrivals, by the load alone."""

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SVF_POISSON_LOAD = state(
    Theorem(
        id="svf-poisson-load",
        statement="As svf-poisson, given a steady state with finite mean waits: E[SVF]/E[OPT] <= 1 + (2 - x) rho/(1 - "
        "rho) <= (1 + rho)/(1 - rho), where x is the share of the prompts in the mean volume.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.POISSON,
        kind=Kind.UPPER,
        status=Status.CLAIMED,
        source="this project, by the chain of Theorem 3.4",
        version="0.1",
        formula="(1 + rho)/(1 - rho)",
    )
)
