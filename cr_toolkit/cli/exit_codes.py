"""What the exit code of `crtool` means."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every subcommand."""

    HELD = 0
    """The command did its job; no bound was broken."""

    VIOLATION = 1
    """A bound is broken and the checker accepted the proof."""

    INPUT_ERROR = 2
    """Wrong usage or input; standard error says what."""

    UNDECIDED = 3
    """Nothing was decided."""

    REJECTED = 4
    """The checker rejected a file, or the command itself failed."""

    INTERRUPTED = 130
    """Stopped by the user; what was found so far is kept."""

    BROKEN_PIPE = 141
    """Whoever read the output stopped reading."""
