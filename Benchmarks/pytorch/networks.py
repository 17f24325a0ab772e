"""The networks that are compared, with Lasagne's initial distribution."""

import torch
from torch import nn


def initialize(network):
    """Glorot's uniform distribution for weights, zero for biases: what Lasagne starts from."""
    for module in network.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    return network


def lenet(dropout=0.5):
    """Conv 32 5×5, pool 2, conv 32 5×5, pool 2, dense 256, dropout, dense 10; gives logits."""
    layers = [
        nn.Conv2d(1, 32, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 32, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(512, 256),
        nn.ReLU(),
    ]
    if dropout > 0:
        layers.append(nn.Dropout(dropout))
    return initialize(nn.Sequential(*layers, nn.Linear(256, 10)))


def mlp():
    """784-800-800-10 with rectifiers; gives logits."""
    return initialize(
        nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 800),
            nn.ReLU(),
            nn.Linear(800, 800),
            nn.ReLU(),
            nn.Linear(800, 10),
        )
    )


def tiny():
    """20-32-32-2 with rectifiers; gives logits."""
    return initialize(
        nn.Sequential(
            nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2)
        )
    )


class Recurrent(nn.Module):
    """A GRU or an LSTM of 128 units over the rows of an image, then dense 10; gives logits."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell(28, 128, batch_first=True)
        self.dense = nn.Linear(128, 10)

    def forward(self, images):
        """The logits for images of shape (batch, 1, 28, 28)."""
        outputs, _ = self.cell(images.squeeze(1))
        return self.dense(outputs[:, -1])


def gru():
    """A GRU of 128 units over 28 rows."""
    return Recurrent(nn.GRU)


def lstm():
    """An LSTM of 128 units over 28 rows."""
    return Recurrent(nn.LSTM)


NETWORKS = {"tiny": tiny, "mlp": mlp, "lenet": lenet, "gru": gru, "lstm": lstm}


def threads(count):
    """Limits the threads of a process that times itself."""
    torch.set_num_threads(count)
    torch.set_num_interop_threads(1)
