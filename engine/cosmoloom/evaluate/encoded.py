"""A box that was encoded: its latents, what grows from them, and how good that is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.data.atomic import atomic_path
from cosmoloom.evaluate.plain import plain
from cosmoloom.pipeline.inversion.likeness import Likeness
from cosmoloom.statistics import cross_power, dice

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.box import Box
    from cosmoloom.pipeline.primordial import PrimordialModel

Field = NDArray[np.float32]
SHARES = (1.0, 5.0, 10.0, 20.0, 40.0, 60.0)
"""Shares of the densest voxels whose overlap is told [%]."""
SCALES = (0.3, 1.0)
"""Wavenumbers up to which r(k) is averaged [h/Mpc]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """Latents of a box.

    Attributes
    ----------
    latents : array, shape (restarts, latent_size)
        The first is the best.
    densities : array, shape (restarts, n, n, n)
        rho over the cosmic mean that grows from each [1].
    merit : tuple of dict
        Of one pass of the encoder, then of each latent: loss, Dice, r, mean square of the latent.
    lines : tuple of (str, array)
        For a picture.
    facts : dict
        Of model, box, and what was done to it.
    """

    latents: Field
    densities: Field
    merit: tuple[dict[str, float], ...]
    lines: tuple[tuple[str, Field], ...]
    facts: dict[str, Any]

    @classmethod
    def of(
        cls, model: PrimordialModel, box: Box, start: Tensor, latents: Sequence[Tensor], *, kappa: float, fit: str
    ) -> Self:
        """Grow all latents and compare them with the box; the best of them comes first."""
        assert box.redshift is not None  # the encoder refuses others
        redshift, wanted = box.redshift, box.tensor(model.device)
        likeness = Likeness(wanted)

        def grown(latent: Tensor) -> Tensor:
            return model.density(latent[None], redshift, kappa)[0]

        def merit(latent: Tensor, density: Tensor) -> dict[str, float]:
            crossed = cross_power(wanted, density, box_size=box.box_size)
            overlap = dice(wanted, density, top_percent=SHARES).dice
            return {
                "likeness": float(likeness(density)),
                "mean square of the latent": float(latent.square().mean()) / model.latent_sigma**2,
                **{f"Dice, densest {s:g} %": float(d) for s, d in zip(SHARES, overlap, strict=True)},
                **{f"r(k), k <= {k:g} h/Mpc": float(crossed.correlation[crossed.k <= k].mean()) for k in SCALES},
            }

        first = grown(start)
        fields = [grown(latent) for latent in latents]
        order = sorted(range(len(latents)), key=lambda i: float(likeness(fields[i])))
        latents, fields = [latents[i] for i in order], [fields[i] for i in order]
        lines = [("encoder", first.cpu().numpy())]
        if not torch.equal(latents[0], start):
            lines.append(("encoder and refinement", fields[0].cpu().numpy()))
        return cls(
            latents=torch.stack(list(latents)).numpy(),
            densities=torch.stack(fields).cpu().numpy(),
            merit=(merit(start, first), *(merit(z, field) for z, field in zip(latents, fields, strict=True))),
            lines=tuple(lines),
            facts={
                "model": model.card.name, "weights_sha256": model.card.weights_sha256, "kappa": kappa, "fit": fit,
                "redshift": redshift, "box_size": box.box_size, "box": box.label,
            },
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """What the picture shows."""
        facts = self.facts
        done = f"  The box was made to fit: {facts['fit']}." if facts["fit"] else ""
        return (
            f"{facts['box'] or 'A box'} at z = {facts['redshift']:g} and what {facts['model']} grows from its latents, "
            f"a slab of 4 voxels.  Right: a layer of the voxels that are among each field's densest.{done}"
        )

    def table(self) -> str:
        """Return figures of merit as lines of text, one column per latent: the encoder's, then all others."""
        names = ("encoder", *(f"latent {i + 1}" for i in range(len(self.latents))))
        width = max(map(len, self.merit[0]))
        lines = ["  ".join([" " * width, *(f"{name:>9}" for name in names)])]
        lines += [
            "  ".join([f"{key:<{width}}", *(f"{column[key]:9.3f}" for column in self.merit)]) for key in self.merit[0]
        ]
        return "\n".join(lines)


def write_encoded(path: Path, found: Encoded) -> None:
    """Write latents, densities, their scatter over restarts, and all facts as JSON to an .npz.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    logs = np.log(np.maximum(found.densities, 1e-3))
    with atomic_path(path) as draft, draft.open("wb") as file:
        np.savez(
            file,
            latent=found.latents[0], latents=found.latents, density=found.densities[0],
            scatter_of_log_density=logs.std(axis=0), box_size=found.facts["box_size"], redshift=found.facts["redshift"],
            facts=json.dumps(plain({**found.facts, "merit": found.merit})),
        )  # fmt: skip
