"""The logistic line: what it finds, what it refuses, and that it never sees a later outcome."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from qdlib.analysis.recalibration import Line, fit_line, recalibrate_in_time


def invent(origins: int, per_origin: int = 400, intercept: float = -0.5, slope: float = 0.6, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    said = rng.uniform(0.02, 0.98, origins * per_origin)
    true = expit(intercept + slope * logit(said))
    origin = 2000 + np.repeat(np.arange(origins), per_origin)
    return pd.DataFrame({"said": said, "reached": (rng.random(len(said)) < true).astype(float), "origin": origin, "horizon": 1})


def fit(cases: pd.DataFrame, **options) -> Line:
    return fit_line(*(cases[name].to_numpy() for name in ("said", "reached", "origin")), **options)


def test_without_a_prior_the_line_is_found():
    line = fit(invent(30), prior_years=0)
    assert (line.intercept, line.slope) == (pytest.approx(-0.5, abs=0.1), pytest.approx(0.6, abs=0.07))
    assert line.is_calibrated and (line.cases, line.origins) == (12000, 30)


def test_the_identity_holds_a_few_years_back_and_yields_to_many():
    few, many = fit(invent(4)), fit(invent(200, per_origin=60))
    assert -0.5 < many.intercept < few.intercept < 0 and 0.6 < many.slope < few.slope < 1
    assert abs(few.intercept) < 0.15 and many.intercept < -0.4


def test_the_prior_is_cases_that_came_true_as_often_as_said():
    cases = invent(10)
    sure = cases.assign(reached=cases["said"])
    pull = pd.concat([cases, sure, sure], ignore_index=True)  # 20 years of them
    direct = fit_line(pull["said"].to_numpy(), pull["reached"].to_numpy(), np.resize(cases["origin"], len(pull)), prior_years=0)
    line = fit(cases)
    assert (line.intercept, line.slope) == (pytest.approx(direct.intercept, abs=1e-6), pytest.approx(direct.slope, abs=1e-6))


@pytest.mark.parametrize(("origins", "per_origin"), [(2, 400), (3, 166)])
def test_too_few_origins_or_cases_leave_the_probability_as_it_is(origins, per_origin):
    line = fit(invent(origins, per_origin))
    assert not line.is_calibrated and (line.intercept, line.slope) == (0, 1)
    assert line.apply(np.array([0.2, 0.7])) == pytest.approx([0.2, 0.7])


def test_a_case_is_told_by_earlier_outcomes_only():
    cases = invent(8).assign(horizon=2)
    told = recalibrate_in_time(cases, "said", prior_years=0)
    assert not told["calibrated"][cases["origin"] < 2004].any() and told["calibrated"][cases["origin"] >= 2004].all()
    later = cases["origin"] + 2 > 2005  # not yet known at 2005
    flipped = recalibrate_in_time(cases.assign(reached=cases["reached"].where(~later, 1 - cases["reached"])), "said", prior_years=0)
    early = cases["origin"] <= 2005
    pd.testing.assert_frame_equal(told[early], flipped[early])
    assert (told["p"] != flipped["p"]).any()


def test_horizons_do_not_teach_each_other():
    one, two = invent(6), invent(6, intercept=1.5, seed=2).assign(horizon=2)
    both = recalibrate_in_time(pd.concat([one, two], ignore_index=True), "said")
    assert both["p"].iloc[: len(one)].to_numpy() == pytest.approx(recalibrate_in_time(one, "said")["p"].to_numpy())


def test_certainty_is_never_said():
    assert Line(0.3, 1.2).apply(np.array([0.0, 1.0])) == pytest.approx(Line(0.3, 1.2).apply(np.array([0.005, 0.995])))
