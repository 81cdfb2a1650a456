"""JUnit XML: one test case per check, in the words CI systems know."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from cr_toolkit.gate.junit import to_junit
from cr_toolkit.report.results.checking import GateCheck, GateResult


def result(*verdicts, message="why"):
    checks = tuple(
        GateCheck(name=f"check {i}", group="search", verdict=verdict, message=message, witness=None, seconds=0.5)
        for i, verdict in enumerate(verdicts)
    )
    return GateResult(profile=None, passed=False, checks=checks)


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        ("violated", "failure"),
        ("rejected", "error"),
        ("out-of-scope", "skipped"),
        ("holds", "system-out"),
        ("undecided", "system-out"),
    ],
)
def test_a_verdict_becomes_an_outcome(verdict, tag):
    case = ET.fromstring(to_junit(result(verdict))).find("testsuite/testcase")
    assert (case.get("classname"), case.get("name"), case.get("time")) == ("crtool.search", "check 0", "0.500")
    assert [child.tag for child in case] == [tag]


def test_the_suite_counts():
    suite = ET.fromstring(to_junit(result("violated", "violated", "rejected", "holds", "out-of-scope"))).find(
        "testsuite"
    )
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped", "time")]
    assert counts == ["5", "2", "1", "1", "2.500"]


def test_any_text_gives_well_formed_xml():
    nasty = "a<b>&\"'\x00\x1b[31m\ud800\N{SNOWMAN}"
    failure = ET.fromstring(to_junit(result("violated", message=nasty))).find("testsuite/testcase/failure")
    assert failure.get("message").startswith("a<b>&\"'\N{REPLACEMENT CHARACTER}")
