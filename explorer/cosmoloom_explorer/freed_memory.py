"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Let the C library return what it keeps of freed memory; does nothing where it is not glibc.

    glibc keeps freed blocks below 32 MB for their thread's next request.  Of twenty explorers that was 1.6 GB.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
