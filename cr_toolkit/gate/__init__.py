"""The gate: a project's policies held to their bounds, in CI."""
