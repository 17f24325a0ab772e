"""The samples that all sides train on; only their shapes and types matter here."""

import numpy

# Samples and the batch size where no other is asked for.
NETWORKS = {
    "tiny": (3_200, 32),
    "mlp": (12_800, 128),
    "lenet": (12_800, 128),
    "vgg": (2_560, 64),
    "resnet": (2_560, 64),
    "gru": (6_400, 64),
    "lstm": (6_400, 64),
    "transformer": (1_600, 16),
}


def write(network, folder):
    """Writes inputs.npy and targets.npy."""
    generator = numpy.random.default_rng(1)
    count = NETWORKS[network][0]
    classes = 2 if network in ("tiny", "transformer") else 10
    match network:
        case "tiny":
            inputs = generator.uniform(-1, 1, (count, 20)).astype(numpy.float32)
        case "transformer":
            inputs = generator.integers(0, 256, (count, 64), dtype=numpy.int64)
        case "gru" | "lstm":
            inputs = generator.uniform(0, 1, (count, 28, 28)).astype(numpy.float32)
        case "vgg" | "resnet":
            inputs = generator.integers(0, 256, (count, 3, 32, 32), dtype=numpy.uint8)
        case _:
            inputs = generator.integers(0, 256, (count, 1, 28, 28), dtype=numpy.uint8)
    numpy.save(folder / "inputs.npy", inputs)
    numpy.save(folder / "targets.npy", generator.integers(0, classes, count, dtype=numpy.int64))
