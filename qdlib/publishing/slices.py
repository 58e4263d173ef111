"""Slices of the store that a run makes before its reports: what is slow, shared, and computed from the cities' series.

Takes the run's common inputs; writes the slice `calibration` where its inputs changed since it was made. Scores nothing itself
(`analysis.calibration` does). Decision: its key is of code, catalogue, libraries and every city's content, and stays out of the slice's own
hash, so that a new figure which moves no score makes no report run again.
"""

from collections.abc import Iterable

from qdlib.publishing.keys import Common, digest


def make_calibration(common: Common, with_data: Iterable[str], catalogue) -> bool:
    """Score the past outlooks of all cities anew, unless nothing has changed; True where it was done. BusyError beside a build."""
    from qdlib.analysis.calibration import calibrate, gather_panel
    from qdlib.observations import store

    cities = sorted(with_data)
    key = digest(common.inputs, {city: store.content_hash(city) for city in cities})
    if store.made_from("calibration") == key:
        return False
    table = calibrate(gather_panel({city: store.read_series(city) for city in cities}, catalogue))
    with store.one_writer():
        store.write_shared("calibration", table, made_from=key)
    return True
