"""The workers: those of a Dask scheduler somewhere, or processes on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from cosmoloom.errors import InvalidInputError, MissingExtraError

if TYPE_CHECKING:
    from distributed import Client

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")

one_at_a_time = Lock()
"""A worker may have several threads; networks keep buffers."""
PATIENCE = 10.0
"""How long a scheduler may take to answer [s]."""


@contextmanager
def open_workers(*, workers: int | None = None, scheduler: str | None = None) -> Iterator[Client]:
    """Offer a client of a scheduler, or of as many processes on this machine, which end with the block.

    Parameters
    ----------
    workers : int, optional
        Processes to start, with one thread each; without a scheduler.
    scheduler : str, optional
        Address of a running one, as ``tcp://host:8786``.

    Raises
    ------
    InvalidInputError
        If both or none are given, or no scheduler answers.
    MissingExtraError
        Without Dask.
    """
    if (workers is None) == (scheduler is None):
        raise InvalidInputError("give either a number of workers on this machine or the address of a scheduler")
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise MissingExtraError("sharing work needs Dask: pip install 'cosmoloom[cluster]'") from error
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InvalidInputError(
                f"no scheduler answers at {scheduler}: start one with dask scheduler, and give its tcp://host:port"
            ) from error
        with client:
            yield client
        return
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def share(client: Client, do: Callable[[JobT], ResultT], jobs: Sequence[JobT]) -> Iterator[ResultT]:
    """Have jobs done, and yield what they return as they finish, in no order.

    A job whose worker is lost goes to another one; after three lost workers it is held to be the cause.  Closing the
    iterator cancels what has not begun.

    Parameters
    ----------
    client : Client
        Of :func:`open_workers`.
    do : callable
        Importable on the workers; doing a job twice is the same as once.
    jobs : sequence
        Plain values.

    Raises
    ------
    CosmoloomError
        That of the first job that failed.
    """
    from distributed import as_completed

    futures: list[Any] = client.map(do, jobs, pure=False, batch_size=256)
    try:
        for future in as_completed(futures, loop=client.loop):
            yield future.result()
    finally:
        client.cancel(futures)
