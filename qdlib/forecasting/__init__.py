"""Point forecasts, bands and probabilities for many short annual series in one call.

In: frames `unique_id, ds, y`. Out: points, curves and probabilities (`forecast_panel`, `forecast`), back-tests (`backtest`), the
usual single-series tests and models beside the default (`diagnostics`), sums that add up (`reconcile`), paths and fan-chart
frames (`scenarios`). What does not belong here: cities, indicators, files, pictures, monthly data, regressors. Importing it loads
numpy and pandas only.
"""

from qdlib.forecasting.forecasts import Explanation, Forecast
from qdlib.forecasting.panel import Panel
from qdlib.forecasting.pool import forecast, forecast_panel

__all__ = ["Explanation", "Forecast", "Panel", "forecast", "forecast_panel"]
