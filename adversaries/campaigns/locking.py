"""Advisory locks on open files: released by the system when their process ends, however it ends."""

from __future__ import annotations

import sys
from typing import IO, Any


def lock(file: IO[Any], *, wait: bool) -> bool:
    """Lock ``file`` for this process; return whether it is ours now.

    Args:
        file: open for writing; the lock lasts until it is closed.
        wait: whether to wait for another process to let go.
    """
    if sys.platform == "win32":
        # An open file cannot be replaced there, which is protection enough for what is locked here.
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network file systems have no locks; a search there is as safe as its user is careful.
        return True
    return True
