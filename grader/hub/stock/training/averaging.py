"""What a model has learned at one time, to go back to it or to take the mean with what it learned later.

The mean of models that went on from one point errs less than each of them (Izmailov et al. 2018, "Averaging Weights
Leads to Wider Optima"; Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

Values = dict[str, Tensor]


def values(model: nn.Module) -> Values:
    """A copy of all that learns."""
    return {name: value.detach().clone() for name, value in model.named_parameters() if value.requires_grad}


@torch.no_grad()
def set_values(model: nn.Module, values: Mapping[str, Tensor]) -> None:
    """Gives all that learns the values that `values` copied, or a mean of such copies."""
    for name, parameter in model.named_parameters():
        if name in values:
            parameter.copy_(values[name])


def set_mean(model: nn.Module, stages: Sequence[Values]) -> None:
    """Gives all that learns the mean of several copies."""
    set_values(model, {name: torch.stack([stage[name] for stage in stages]).mean(dim=0) for name in stages[0]})


def keep(model: nn.Module, start: Values, share: float) -> None:
    """Takes what was learned back toward `start` by a share of the way."""
    set_values(model, {name: value.lerp(start[name], share) for name, value in values(model).items()})
