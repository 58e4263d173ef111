"""What a worker of the local pool imports, once for all workers: they are forked from a server that has imported this module.

Takes and gives nothing. The one module here whose import has an effect beyond its names: `rfc3987_syntax` is blocked before nbformat
is loaded, because it would be read for one optional format check, at about a second of CPU. Whatever starts a native thread when it
is imported does not belong here (a test counts them).
"""

# ruff: noqa: E402, F401 - the order is the purpose
from qdlib.publishing.executors import block_slow_imports

block_slow_imports()

import jupyter_client.asynchronous
import jupyter_client.manager
import jupyter_client.provisioning
import nbclient
import nbconvert.exporters
import nbformat.v4
import papermill
import papermill.translators
import zmq.asyncio

from qdlib.publishing import checks, downloads, execution, pages, provisioner
