"""The published networks by name: what recipes and model cards call an architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from torch import nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets import cavezza2022, feder2020, ullmo2021
from cosmoloom.nets.configuration import Configuration
from cosmoloom.nets.perraudin2019 import m1, m2, m3, uniscale
from cosmoloom.nets.srivastava2018 import m3 as srivastava_m3
from cosmoloom.nets.srivastava2018 import patches

Makes = Literal["volumes", "patches"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """Networks that belong together.

    Attributes
    ----------
    makes : str
        "volumes" from a latent, or "patches" from a latent and their neighbours.
    config : type
        Frozen dataclass of the sizes, by default the published ones.
    generator, critic : callable
        Make a network from a configuration.
    encoder : callable, optional
        Makes the network that inverts the generator.
    """

    makes: Makes
    config: type[Configuration]
    generator: Callable[[Any], nn.Module]
    critic: Callable[[Any], nn.Module]
    encoder: Callable[[Any], nn.Module] | None = None


PUBLISHED: Mapping[str, Architecture] = MappingProxyType(
    {
        "perraudin2019-m3": Architecture(
            makes="volumes", config=m3.M3Config, generator=m3.M3Generator, critic=m3.M3Critic
        ),
        "perraudin2019-m2": Architecture(
            makes="patches", config=m2.M2Config, generator=m2.M2Generator, critic=m2.M2Critic
        ),
        "perraudin2019-m1": Architecture(
            makes="patches", config=m1.M1Config, generator=m1.M1Generator, critic=m1.M1Critic
        ),
        "perraudin2019-uniscale": Architecture(
            makes="patches", config=uniscale.UniscaleConfig, generator=m1.M1Generator, critic=m1.M1Critic
        ),
        "srivastava2018-m3": Architecture(
            makes="volumes", config=srivastava_m3.M3Config, generator=srivastava_m3.M3Generator,
            critic=srivastava_m3.M3Critic,
        ),
        "srivastava2018-m2": Architecture(
            makes="patches", config=patches.M2Config, generator=patches.PatchGenerator, critic=patches.PatchCritic
        ),
        "srivastava2018-m1": Architecture(
            makes="patches", config=patches.PatchConfig, generator=patches.PatchGenerator, critic=patches.PatchCritic
        ),
        "srivastava2018-uniscale": Architecture(
            makes="patches", config=patches.UniscaleConfig, generator=patches.PatchGenerator,
            critic=patches.PatchCritic,
        ),
        "feder2020": Architecture(
            makes="volumes", config=feder2020.FederConfig, generator=feder2020.FederGenerator,
            critic=feder2020.FederCritic,
        ),
        "feder2020-redshift": Architecture(
            makes="volumes", config=feder2020.FederRedshiftConfig, generator=feder2020.FederGenerator,
            critic=feder2020.FederCritic,
        ),
        "ullmo2021-2d": Architecture(
            makes="volumes", config=ullmo2021.UllmoMapConfig, generator=ullmo2021.UllmoGenerator,
            critic=ullmo2021.UllmoCritic, encoder=ullmo2021.UllmoEncoder,
        ),
        "ullmo2021-3d": Architecture(
            makes="volumes", config=ullmo2021.UllmoConfig, generator=ullmo2021.UllmoGenerator,
            critic=ullmo2021.UllmoCritic, encoder=ullmo2021.UllmoEncoder,
        ),
        "cavezza2022": Architecture(
            makes="volumes", config=cavezza2022.CavezzaConfig, generator=cavezza2022.CavezzaGenerator,
            critic=cavezza2022.CavezzaCritic,
        ),
    }
)  # fmt: skip


def architecture(name: str) -> Architecture:
    """Return the networks of a name.

    Raises
    ------
    InvalidInputError
        If there are none of this name.
    """
    try:
        return PUBLISHED[name]
    except KeyError:
        raise InvalidInputError(f"no published network is named {name!r}; known are {', '.join(PUBLISHED)}") from None
