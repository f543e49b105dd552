"""The adversarial objectives that a recipe can name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosmoloom.train.objectives.hinge import Hinge
from cosmoloom.train.objectives.log_loss import LogLoss
from cosmoloom.train.objectives.relativistic import Relativistic
from cosmoloom.train.objectives.wasserstein import Wasserstein

AnyObjective = Annotated[Hinge | LogLoss | Relativistic | Wasserstein, Field(discriminator="loss")]
"""The table ``[objective]``, told apart by its loss."""
