"""The Poisson theorems held against simulation: exact formulas, measured means with intervals, verdicts."""
