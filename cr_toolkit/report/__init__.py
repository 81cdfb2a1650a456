"""Results as files, text and pictures."""
