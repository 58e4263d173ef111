"""What a run says while it works: a bar on a terminal, a line per report elsewhere.

Takes the number of reports and each result; prints. The bar counts failures and shows the time left.
"""

import sys
from collections.abc import Iterable

from qdlib.publishing.execution import Outcome


class Progress:
    def __init__(self, total: int):
        self.total, self.done, self.failed, self.bar = total, 0, 0, None

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            from tqdm import tqdm

            self.bar = tqdm(total=self.total, unit="report", dynamic_ncols=True)
        return self

    def __exit__(self, *unused) -> None:
        if self.bar is not None:
            self.bar.close()

    def step(self, id: str, status: str, outcome: Outcome, faults: Iterable[str]) -> None:
        self.done += 1
        self.failed += status == "failed"
        if self.bar is not None:
            self.bar.set_postfix(failed=self.failed, refresh=False)
            self.bar.update()
            return
        seconds = sum(value for name, value in outcome.seconds.items() if name != "queue")
        cause = "".join(f": {fault.splitlines()[0]}" for fault in list(faults)[:1])
        print(f"[{self.done}/{self.total}] {id} {status} {seconds:.1f} s{cause}", flush=True)
