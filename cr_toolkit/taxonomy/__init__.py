"""What a policy may know and how requests arrive, and which of these regimes is easier than which."""
