"""Writes a small classification problem: noisy copies of ten random 8x8 prototypes, seeded."""

import sys

import numpy

random = numpy.random.default_rng(7)
prototypes = random.integers(0, 256, (10, 1, 8, 8))
targets = numpy.arange(400) % 10
inputs = prototypes[targets] + random.normal(0, 25, (400, 1, 8, 8))
numpy.savez(
    sys.argv[1],
    inputs=inputs.clip(0, 255).astype(numpy.uint8),
    targets=targets.astype(numpy.int64),
)
