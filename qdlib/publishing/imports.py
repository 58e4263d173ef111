"""What a worker of the local pool needs, made once for all workers: they are forked from a server that has imported this module.

Takes and gives nothing. The one module here whose import has effects beyond its names: `rfc3987_syntax` is blocked before nbformat
is loaded, because it would be read for one optional format check, at about a second of CPU; the catalogue is read and a page of
nothing is made, so that templates are compiled and whatever is imported late is there. Nothing that starts a native thread belongs
here (a test counts them).
"""

# ruff: noqa: E402, F401 - the order is the purpose
from qdlib.publishing.executors import block_slow_imports

block_slow_imports()

import ipykernel.kernelspec
import IPython
import jupyter_client.asynchronous
import jupyter_client.manager
import jupyter_client.provisioning
import nbclient
import nbconvert.exporters
import nbformat.v4
import openpyxl
import papermill
import papermill.translators
import zmq.asyncio

from qdlib.catalogue import load_catalogue
from qdlib.publishing import checks, downloads, execution, pages, provisioner

load_catalogue()
execution.page_exporter().from_notebook_node(nbformat.v4.new_notebook())
