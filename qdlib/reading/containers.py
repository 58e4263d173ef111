"""The OLE container of an .xls: sound or not, write-protected or not.

Takes bytes; gives bytes that calamine can read, or a loud error. A damaged chain of sectors would keep calamine busy for ever,
so the chain is walked first by xlrd's reader, which notices. Download sites write-protect workbooks with the public default
password; the extra `protected` (msoffcrypto-tool) opens those. Does not open files.
"""

import io

from qdlib.reading.errors import UnreadableFile

STREAMS = ("Workbook", "Book")
BOF, FILEPASS = 0x0809, 0x002F
DEFAULT_PASSWORD = "VelvetSweatshop"


def open_container(data: bytes, file: str) -> bytes:
    """The same bytes, or the unprotected ones. Raises UnreadableFile."""
    from xlrd.compdoc import CompDoc

    try:
        container = CompDoc(data, logfile=io.StringIO())
        places = [container.locate_named_stream(name) for name in STREAMS]
    except Exception as fault:  # xlrd's reader fails in many ways on damaged sectors; each means the same to a reader
        raise UnreadableFile(
            f"{file}: the .xls container is damaged ({fault}); open it in a spreadsheet program and save it as xlsx"
        ) from fault
    found = next((place for place in places if place[0] is not None), None)
    if found is None:
        raise UnreadableFile(f"{file}: an OLE file without a workbook (a document or a message?); save its tables as xlsx")
    memory, start, length = found
    return _unprotect(data, file) if is_protected(bytes(memory[start : start + length])) else data


def is_protected(stream: bytes) -> bool:
    """True where a FILEPASS record follows the workbook's first record."""
    place = 0
    while place + 4 <= min(len(stream), 4096):
        record, size = (
            int.from_bytes(stream[place : place + 2], "little"),
            int.from_bytes(stream[place + 2 : place + 4], "little"),
        )
        if record == FILEPASS:
            return True
        if place == 0 and record != BOF:
            return False
        place += 4 + size
    return False


def _unprotect(data: bytes, file: str) -> bytes:
    try:
        import msoffcrypto
    except ImportError as fault:
        raise UnreadableFile(
            f"{file}: a write-protected workbook; install the extra `protected` (msoffcrypto-tool) or save it as xlsx"
        ) from fault
    opened = io.BytesIO()
    try:
        book = msoffcrypto.OfficeFile(io.BytesIO(data))
        book.load_key(password=DEFAULT_PASSWORD)
        book.decrypt(opened)
    except Exception as fault:  # another password, or damage that only decryption meets
        raise UnreadableFile(f"{file}: a protected workbook with a password of its own; open it and save it as xlsx") from fault
    return opened.getvalue()
