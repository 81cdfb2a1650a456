"""The lemmas, one file each; see ``proofs.trial`` for the notation."""
