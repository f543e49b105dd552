"""The most memory that a computation has held."""

from __future__ import annotations

from pathlib import Path

import torch


def peak_memory(device: torch.device) -> int:
    """Return the largest memory so far, of this process with its libraries, or of what torch holds on a GPU [bytes]."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated())
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would tell the parent's, which begins a process as large as itself
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_maxrss  # macOS counts bytes
