"""The gate's configuration: found upwards, read strictly, profiles laid over it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.gate.config import GatedPolicy, find_config, read_config

FULL = """
[tool.crtool]
policies = [
  "svf", {name = "svf-1bit", admission = "peak", queue = "skipping", parameters = {threshold = 3}}, "own.py:Mine"
]
alpha = 0.1
traffic = "arbitrary"
theorems = ["svf-burst"]
bounds = [5, "9/2", 4.25]
corpus = "kept"
evaluations = 70
seed = 3
jobs = 2
out = "found"

[tool.crtool.profiles.ci]
evaluations = 7
alpha = "1/3"
"""


@pytest.fixture
def configured(tmp_path):
    def write(text):
        path = tmp_path / "pyproject.toml"
        path.write_text(text)
        return path

    return write


def test_every_key_is_read(configured, tmp_path):
    config = read_config(configured(FULL))
    assert config.policies == (
        GatedPolicy("svf"),
        GatedPolicy("svf-1bit", {"threshold": 3}, "peak", "skipping"),
        GatedPolicy("own.py:Mine"),
    )
    assert config.alpha == Fraction(1, 10)
    assert config.bounds == (Fraction(5), Fraction(9, 2), Fraction(17, 4))
    assert config.theorems == ("svf-burst",)
    assert (config.traffic, config.evaluations, config.seed, config.jobs) == ("arbitrary", 70, 3, 2)
    assert (config.corpus, config.out) == (tmp_path / "kept", tmp_path / "found")
    assert config.reference(config.policies[0]) == "svf"
    assert config.reference(config.policies[2]) == f"{tmp_path}/own.py:Mine"
    assert str(config.policies[1]) == "svf-1bit (peak, skipping, threshold=3)"


def test_defaults(configured):
    config = read_config(configured('[tool.crtool]\npolicies = ["svf"]\n'))
    assert (config.alpha, config.theorems, config.bounds, config.corpus) == (Fraction(1, 2), None, (), None)
    assert (config.policies[0].admission, config.policies[0].queue) == ("lookahead", "head-of-line")


def test_a_profile_overrides(configured):
    config = read_config(configured(FULL), "ci")
    assert (config.profile, config.evaluations, config.alpha, config.seed) == ("ci", 7, Fraction(1, 3), 3)


def test_found_in_the_nearest_folder_that_has_the_table(configured, tmp_path):
    configured(FULL)
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.ruff]\n")
    assert find_config(inner) == tmp_path / "pyproject.toml"


def test_not_found(tmp_path):
    with pytest.raises(InputError, match=r"no pyproject\.toml with a table \[tool\.crtool\]"):
        find_config(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.crtool", "not valid TOML"),
        ("", "has no table [tool.crtool]"),
        ("tool = 3", "has no table [tool.crtool]"),
        ("[tool]\ncrtool = 3", "tool.crtool must be a table"),
        ("[tool.crtool]\n", "policies"),
        ("[tool.crtool]\npolicies = []", "must name at least one policy"),
        (
            '[tool.crtool]\npolicies = ["svf"]\nevalutions = 3',
            "evalutions is not a known key; did you mean 'evaluations'?",
        ),
        ('[tool.crtool]\npolicies = ["svf"]\nevaluations = -3', "evaluations"),
        ('[tool.crtool]\npolicies = ["svf"]\nevaluations = "many"', "evaluations"),
        ('[tool.crtool]\npolicies = ["svf"]\njobs = 0', "jobs"),
        ('[tool.crtool]\npolicies = ["svf"]\nalpha = 0', "alpha must be above 0"),
        ('[tool.crtool]\npolicies = ["svf"]\nalpha = 1.5', "at most 1"),
        ('[tool.crtool]\npolicies = ["svf"]\nalpha = "half"', "alpha"),
        ('[tool.crtool]\npolicies = ["svf"]\nalpha = nan', "alpha"),
        ('[tool.crtool]\npolicies = ["svf"]\nbounds = [0]', "bounds must be above 0"),
        ('[tool.crtool]\npolicies = ["svf"]\nbounds = 5', "bounds"),
        ('[tool.crtool]\npolicies = ["svf"]\ntraffic = "rush"', "rush"),
        ('[tool.crtool]\npolicies = [{name = "svf", admision = "peak"}]', "admision"),
        ('[tool.crtool]\npolicies = [{name = "svf", admission = "x"}]', "policies"),
        ('[tool.crtool]\npolicies = ["svf"]\nprofiles = 3', "profiles must be a table of tables"),
        ('[tool.crtool]\npolicies = ["svf"]\n[tool.crtool.profiles.ci]\nsed = 3', "tool.crtool.profiles.ci.sed"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_the_file(text, said, configured):
    path = configured(text)
    with pytest.raises(InputError) as caught:
        read_config(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_an_unknown_profile_is_refused(configured):
    with pytest.raises(InputError, match=r"'nightly' is not in .*known: ci"):
        read_config(configured(FULL), "nightly")
