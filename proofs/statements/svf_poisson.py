"""SVF under Poisson arrivals."""

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SVF_POISSON = state(
    Theorem(
        id="svf-poisson",
        statement="Poisson arrivals at rate lambda, outputs geometric(mu) independent of the prompts, load "
        "rho < 1: E[SVF]/E[OPT] <= 1 + 2/((1 - alpha)(1 - mu)(1 - rho)).",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.POISSON,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2606.22327, Theorem 3.4",
        version="v2",
        formula="1 + 2/((1 - alpha)*(1 - mu)*(1 - rho))",
    )
)
