"""The taxonomy of settings: what a policy knows, and how requests arrive."""
