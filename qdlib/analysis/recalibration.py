"""From what was said to what came true: a logistic line, fitted only on what was known.

Takes probabilities of past cases with their outcomes and origin years; gives the line σ(a + b·logit p) of one horizon. Does not choose
the cases. Binding: years count, not cases, because all cities of a year share its shock; so the line through (a 0, b 1) stands with the
weight of 20 origin years, as cases whose outcome is the probability said. Without it the line follows the last boom or slump and is
wrong in the next one: on the city panel the plain fit makes the Brier score of the mean worse (.166 → .172 one year ahead, .158 → .176
two); with it the line costs .001 and .004, the price of being warned when forecasts go wrong for good. Below three origins or 500 cases
a is 0, b is 1, and the probability is marked uncalibrated.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

LEAST_ORIGINS = 3
LEAST_CASES = 500
PRIOR_YEARS = 20  # fixed, not tuned: 10 and 40 move the Brier score by .001 and .003 (`tests.benchmarks.outlook --attempts`)
CLOSE = 0.005  # no probability is nearer to 0 or 1, as in `forecasting.intervals`


@dataclass(frozen=True)
class Line:
    """p = σ(a + b·logit q), and on how many cases of how many origins it rests."""

    intercept: float = 0.0
    slope: float = 1.0
    cases: int = 0
    origins: int = 0

    @property
    def is_calibrated(self) -> bool:
        return self.origins >= LEAST_ORIGINS and self.cases >= LEAST_CASES

    def apply(self, said):
        """The recalibrated probability, or probabilities, of reaching a growth."""
        from scipy.special import expit, logit

        return expit(self.intercept + self.slope * logit(np.clip(said, CLOSE, 1 - CLOSE)))


def fit_line(said: np.ndarray, reached: np.ndarray, origins: np.ndarray, prior_years: float = PRIOR_YEARS) -> Line:
    """The line of cases of one horizon: maximum likelihood with the identity as `prior_years` more origin years."""
    from scipy.special import logit
    from statsmodels.api import GLM, families

    line = Line(cases=len(said), origins=len(np.unique(origins)))
    if not line.is_calibrated:
        return line
    clipped = np.clip(said, CLOSE, 1 - CLOSE)
    weight = prior_years / line.origins
    outcome = (reached + weight * clipped) / (1 + weight)
    fitted = GLM(outcome, np.column_stack([np.ones(len(clipped)), logit(clipped)]), family=families.Binomial()).fit()
    return Line(*(float(part) for part in fitted.params), line.cases, line.origins)


def recalibrate_in_time(cases: pd.DataFrame, column: str, prior_years: float = PRIOR_YEARS) -> pd.DataFrame:
    """Each case by the line that was known at its origin: index as given, columns p and calibrated.

    cases: origin, horizon, reached and `column`. At an origin T only cases with origin + horizon ≤ T are known.
    """
    found = pd.DataFrame({"p": cases[column].astype(float), "calibrated": False})
    for (horizon, origin), own in cases.groupby(["horizon", "origin"]):
        past = cases[(cases["horizon"] == horizon) & (cases["origin"] + horizon <= origin)]
        line = fit_line(past[column].to_numpy(), past["reached"].to_numpy(), past["origin"].to_numpy(), prior_years)
        found.loc[own.index, "p"] = line.apply(own[column].to_numpy())
        found.loc[own.index, "calibrated"] = line.is_calibrated
    return found
