"""The command `crtool`."""
