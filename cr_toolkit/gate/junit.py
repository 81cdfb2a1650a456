"""The gate's result as JUnit XML, which every CI system can show."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cr_toolkit.report.results.checking import GateCheck, GateResult

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(result: GateResult) -> str:
    """Return one test case per check: violated fails, rejected is an error, out of scope is skipped."""
    verdicts = [check.verdict for check in result.checks]
    counts = {
        "tests": len(verdicts),
        "failures": verdicts.count("violated"),
        "errors": verdicts.count("rejected"),
        "skipped": verdicts.count("out-of-scope"),
    }
    attributes = {name: str(value) for name, value in counts.items()}
    attributes["time"] = f"{sum(check.seconds for check in result.checks):.3f}"
    root = ElementTree.Element("testsuites", {"name": "crtool gate", **attributes})
    suite = ElementTree.SubElement(root, "testsuite", {"name": "crtool gate", **attributes})
    for check in result.checks:
        _add(suite, check)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _add(suite: ElementTree.Element, check: GateCheck) -> None:
    names = {"classname": f"crtool.{check.group}", "name": _clean(check.name), "time": f"{check.seconds:.3f}"}
    case = ElementTree.SubElement(suite, "testcase", names)
    message = _clean(check.message)
    match check.verdict:
        case "violated":
            ElementTree.SubElement(case, "failure", {"type": "violated", "message": message}).text = message
        case "rejected":
            ElementTree.SubElement(case, "error", {"type": "rejected", "message": message}).text = message
        case "out-of-scope":
            ElementTree.SubElement(case, "skipped", {"message": message})
        case _:
            ElementTree.SubElement(case, "system-out").text = f"{check.verdict}: {message}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
