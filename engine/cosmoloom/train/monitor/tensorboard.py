"""The numbers of a training for TensorBoard, an optional extra."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cosmoloom.errors import MissingExtraError


class TensorBoard:
    """Writes scalars that ``tensorboard --logdir RUN`` shows.

    Parameters
    ----------
    folder : Path
        Where its event files go.
    after : int
        Steps done: TensorBoard hides what an earlier, lost part of the training wrote after them.

    Raises
    ------
    MissingExtraError
        If TensorBoard is not installed.
    """

    def __init__(self, folder: Path, *, after: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise MissingExtraError(
                "writing for TensorBoard needs an extra: pip install 'cosmoloom[tensorboard]'"
            ) from error
        self._writer = SummaryWriter(str(folder), purge_step=after + 1)

    def add(self, group: str, values: Mapping[str, float], iteration: int) -> None:
        """Write scalars under ``group/name``."""
        for name, value in values.items():
            self._writer.add_scalar(f"{group}/{name}", value, iteration)

    def close(self) -> None:
        """Write what is waiting, and end."""
        self._writer.close()
