"""The trusted checker: judges witnesses and certificates with the standard library and its own plain code alone."""

from cr_toolkit.checker.documents import Verdict, check_data, check_file

__all__ = ["Verdict", "check_data", "check_file"]
