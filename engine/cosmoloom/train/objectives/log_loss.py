"""The log loss of the first GANs, with labels that are wrong or unsure now and then.

A critic that is told a few wrong labels does not become so sure that the generator has no slope to follow.

References
----------
Goodfellow et al. (2014), arXiv:1406.2661; Salimans et al. (2016), arXiv:1606.03498 (one-sided smoothing);
Ullmo, Decelle & Aghanim (2021), eq. 4 and appendix A.1 (wrong labels).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from torch import Tensor
from torch.nn import functional

from cosmoloom.train.objectives.objective import Objective


class LogLoss(Objective):
    """Cross entropy of scores, which are logits, with labels 1 for real and 0 for generated volumes."""

    loss: Literal["log"] = "log"
    wrong_labels: float = Field(default=0.0, ge=0, lt=0.5)
    """Share of volumes whose label is flipped for the critic [1]."""
    smooth_labels: float = Field(default=0.0, ge=0, lt=0.5)
    """What the label of real volumes lacks to 1 for the critic [1]."""

    def critic(self, real: Tensor, fake: Tensor, dice: Tensor) -> Tensor:
        """Return the mean of both cross entropies, as in eq. 4 of ullmo2021."""
        of_real = 1.0 - self.smooth_labels
        real_label = of_real * (dice[:, 0] >= self.wrong_labels)
        fake_label = of_real * (dice[:, 1] < self.wrong_labels)
        losses = [
            functional.binary_cross_entropy_with_logits(score, label.to(score.dtype))
            for score, label in ((real, real_label), (fake, fake_label))
        ]
        return 0.5 * (losses[0] + losses[1])

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:  # noqa: ARG002
        """Return ``-ln D(G)``, which has a slope also where the critic is sure, unlike ``ln(1 - D(G))``."""
        return functional.softplus(-fake).mean()

    def value(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return ``E ln D(x) + E ln(1 - D(G))``."""
        return -functional.softplus(-real).mean() - functional.softplus(fake).mean()
