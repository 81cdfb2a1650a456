"""The ladders of the theorems proved here."""
