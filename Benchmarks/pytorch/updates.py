"""Update rules by Lasagne's names.

Lasagne's velocity contains the learning rate, PyTorch's does not; while the rate is constant both
make the same steps.
"""

import torch


def make_update(name, parameters, learning_rate, **arguments):
    """The optimizer for a rule: sgd, momentum, nesterov (0.9) or adam, with PyTorch's defaults."""
    match name:
        case "sgd":
            return torch.optim.SGD(parameters, learning_rate, **arguments)
        case "momentum":
            return torch.optim.SGD(parameters, learning_rate, momentum=0.9, **arguments)
        case "nesterov":
            return torch.optim.SGD(parameters, learning_rate, momentum=0.9, nesterov=True, **arguments)
        case "adam":
            return torch.optim.Adam(parameters, learning_rate, **arguments)
    raise ValueError(f"there is no update rule {name}.")
