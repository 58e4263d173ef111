"""Waiting for JupyterLab: Ctrl-C is its own question."""

from qdlib.publishing.lab import wait_on


class Asked:
    """A process that is interrupted twice before it ends."""

    def __init__(self):
        self.interrupts = 2

    def wait(self) -> int:
        if self.interrupts:
            self.interrupts -= 1
            raise KeyboardInterrupt
        return 3


def test_the_command_ends_with_jupyterlab_and_its_code():
    asked = Asked()
    assert wait_on(asked) == 3 and asked.interrupts == 0
