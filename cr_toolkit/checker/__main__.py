"""``python -m cr_toolkit.checker FILE...``: exit 0 if every file is accepted, 4 if one is not, 2 without a file."""

from __future__ import annotations

import sys

from cr_toolkit.checker.documents import check_file


def main(paths: list[str]) -> int:
    """Print a line per file and return the exit code."""
    if not paths:
        print("usage: python -m cr_toolkit.checker FILE...", file=sys.stderr)
        return 2
    verdicts = [check_file(path) for path in paths]
    for verdict in verdicts:
        line = f"{verdict.path}: {'accepted' if verdict.accepted else 'REJECTED'}: {verdict.reason}"
        # A file's name is whatever somebody wrote; a terminal that cannot show it is no reason to fail.
        print(line.encode("ascii", "backslashreplace").decode())
    return 0 if all(verdict.accepted for verdict in verdicts) else 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
