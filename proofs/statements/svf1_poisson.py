"""One-bit SVF under Poisson arrivals."""

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SVF1_POISSON = state(
    Theorem(
        id="svf1-poisson",
        statement="As svf-poisson for one-bit SVF with the Poisson proxies, when E[v] > eps = (theta "
        "q^theta/(1 - q^theta))^2/2, q = 1 - mu: the second term grows by the factor E[v]/(E[v] - "
        "eps).",
        policy="svf-1bit",
        information=Information.ONE_BIT,
        traffic=Traffic.POISSON,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2606.22327, Theorem 3.5",
        version="v2",
        formula="1 + Ev/(Ev - eps)*2/((1 - alpha)*(1 - mu)*(1 - rho))",
    )
)
