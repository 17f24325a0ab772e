"""The networks that are compared, with Lasagne's initial distribution, in PyTorch."""

import collections
import math

import torch
from torch import nn
from torch.nn import functional


def initialize(network):
    """Glorot's uniform distribution for weights, zero for biases: what Lasagne starts from."""
    for module in network.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def sequence(*named):
    """Modules one after the other, under their names in LasagneEngine's network."""
    return nn.Sequential(collections.OrderedDict(named))


def lenet(dropout=0.5):
    """Conv 32 5×5, pool 2, conv 32 5×5, pool 2, dense 256, dropout, dense 10; gives logits."""
    return initialize(
        sequence(
            ("conv1", nn.Conv2d(1, 32, 5)),
            ("rectify1", nn.ReLU()),
            ("pool1", nn.MaxPool2d(2)),
            ("conv2", nn.Conv2d(32, 32, 5)),
            ("rectify2", nn.ReLU()),
            ("pool2", nn.MaxPool2d(2)),
            ("flatten", nn.Flatten()),
            ("dense1", nn.Linear(512, 256)),
            ("rectify3", nn.ReLU()),
            *([("dropout", nn.Dropout(dropout))] if dropout > 0 else []),
            ("dense2", nn.Linear(256, 10)),
        )
    )


def mlp():
    """784-800-800-10 with rectifiers; gives logits."""
    return sequence(
        ("flatten", nn.Flatten()),
        ("dense1", nn.Linear(784, 800)),
        ("rectify1", nn.ReLU()),
        ("dense2", nn.Linear(800, 800)),
        ("rectify2", nn.ReLU()),
        ("dense3", nn.Linear(800, 10)),
    )


def tiny():
    """20-32-32-2 with rectifiers; gives logits."""
    return sequence(
        ("dense1", nn.Linear(20, 32)),
        ("rectify1", nn.ReLU()),
        ("dense2", nn.Linear(32, 32)),
        ("rectify2", nn.ReLU()),
        ("dense3", nn.Linear(32, 2)),
    )


def vgg():
    """Three stages of two 3×3 convolutions of 32, 64 and 128 filters, dense 256; gives logits."""
    layers, channels, number = [], 3, 0
    for stage, filters in enumerate([32, 64, 128], 1):
        for _ in range(2):
            number += 1
            layers.append((f"conv{number}", nn.Conv2d(channels, filters, 3, padding=1)))
            layers.append((f"rectify{number}", nn.ReLU()))
            channels = filters
        layers.append((f"pool{stage}", nn.MaxPool2d(2)))
    return sequence(
        *layers,
        ("flatten", nn.Flatten()),
        ("dense1", nn.Linear(128 * 16, 256)),
        ("rectify7", nn.ReLU()),
        ("dense2", nn.Linear(256, 10)),
    )


class ResNet(nn.Module):
    """ResNet-20 for 32×32 images, a convolution on the shortcut where the shape changes."""

    def __init__(self):
        super().__init__()
        self.blocks = []
        self.number = 0
        self.first = self.convolution(3, 16, 3, 1)
        channels = 16
        for stage in range(3):
            for block in range(3):
                filters = 16 << stage
                stride = 2 if stage > 0 and block == 0 else 1
                one = self.convolution(channels, filters, 3, stride)
                two = self.convolution(filters, filters, 3, 1)
                around = self.convolution(channels, filters, 1, stride) if stride == 2 else None
                self.blocks.append((one, two, around))
                channels = filters
        self.dense1 = nn.Linear(64, 10)

    def convolution(self, channels, filters, size, stride):
        """Registers a convolution with its normalization; returns their names."""
        self.number += 1
        name = f"conv{self.number}"
        layer = nn.Conv2d(channels, filters, size, stride, padding=size // 2, bias=False)
        self.add_module(name, layer)
        self.add_module(name + "_bn", nn.BatchNorm2d(filters))
        return name

    def apply_layer(self, name, images):
        """A convolution and its normalization."""
        return getattr(self, name + "_bn")(getattr(self, name)(images))

    def forward(self, images):
        """The logits."""
        images = functional.relu(self.apply_layer(self.first, images))
        for one, two, around in self.blocks:
            inner = functional.relu(self.apply_layer(one, images))
            inner = self.apply_layer(two, inner)
            outer = images if around is None else self.apply_layer(around, images)
            images = functional.relu(inner + outer)
        return self.dense1(images.mean((2, 3)))


class Recurrent(nn.Module):
    """A GRU or an LSTM of 128 units over the rows of an image, then dense 10; gives logits."""

    def __init__(self, name, cell):
        super().__init__()
        self.add_module(name, cell(28, 128, batch_first=True))
        self.name = name
        self.dense1 = nn.Linear(128, 10)

    def forward(self, images):
        """The logits for rows of shape (batch, 28, 28)."""
        outputs, _ = getattr(self, self.name)(images)
        return self.dense1(outputs[:, -1])


class Attention(nn.Module):
    """Attention of all steps to all, by PyTorch's own fused function."""

    def __init__(self, units, heads):
        super().__init__()
        self.heads = heads
        self.joined = nn.Linear(units, 3 * units)
        self.output = nn.Linear(units, units)

    def forward(self, steps):
        """From (batch, steps, units) to the same."""
        batch, length, units = steps.shape
        parts = self.joined(steps).view(batch, length, 3, self.heads, units // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        joined = functional.scaled_dot_product_attention(query, key, value)
        return self.output(joined.transpose(1, 2).reshape(batch, length, units))


class Transformer(nn.Module):
    """Blocks of attention and two dense layers over 64 words, the mean, dense 2; gives logits."""

    def __init__(self, vocabulary=256, length=64, units=128, blocks=4, heads=4):
        super().__init__()
        self.count = blocks
        self.embedding1 = nn.Embedding(vocabulary, units)
        rates = torch.exp(torch.arange(0, units, 2, dtype=torch.float64) * (-math.log(1e4) / units))
        angles = torch.arange(length, dtype=torch.float64)[:, None] * rates
        waves = torch.stack([angles.sin(), angles.cos()], 2).reshape(length, units)
        self.register_buffer("waves", waves.float())
        for block in range(blocks):
            self.add_module(f"layerNorm{2 * block + 1}", nn.LayerNorm(units))
            self.add_module(f"attention{block + 1}", Attention(units, heads))
            self.add_module(f"layerNorm{2 * block + 2}", nn.LayerNorm(units))
            self.add_module(f"dense{2 * block + 1}", nn.Linear(units, 4 * units))
            self.add_module(f"dense{2 * block + 2}", nn.Linear(4 * units, units))
        self.add_module(f"layerNorm{2 * blocks + 1}", nn.LayerNorm(units))
        self.add_module(f"dense{2 * blocks + 1}", nn.Linear(units, 2))

    def forward(self, words):
        """The logits for words of shape (batch, steps)."""
        layer = lambda name, number: getattr(self, f"{name}{number}")
        steps = self.embedding1(words) + self.waves
        for block in range(self.count):
            normal = layer("layerNorm", 2 * block + 1)(steps)
            steps = steps + layer("attention", block + 1)(normal)
            normal = layer("layerNorm", 2 * block + 2)(steps)
            inner = functional.gelu(layer("dense", 2 * block + 1)(normal))
            steps = steps + layer("dense", 2 * block + 2)(inner)
        mean = layer("layerNorm", 2 * self.count + 1)(steps).mean(1)
        return layer("dense", 2 * self.count + 1)(mean)


NETWORKS = {
    "tiny": tiny,
    "mlp": mlp,
    "lenet": lenet,
    "vgg": vgg,
    "resnet": ResNet,
    "gru": lambda: Recurrent("gru1", nn.GRU),
    "lstm": lambda: Recurrent("lstm1", nn.LSTM),
    "transformer": Transformer,
}
IMAGES = {"lenet", "vgg", "resnet"}


def threads(count):
    """Limits the threads of a process that times itself."""
    torch.set_num_threads(count)
    torch.set_num_interop_threads(1)
