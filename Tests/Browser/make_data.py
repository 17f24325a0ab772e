"""Writes a small data set in MNIST's files: stripes in ten directions with noise, 28 × 28."""

import math
import pathlib
import random
import struct
import sys

SIDE = 28


def stripes(angle, phase):
    """One image as bytes."""
    across, down = math.cos(angle), math.sin(angle)
    return [
        128 + 90 * math.sin((across * column + down * row) * 0.9 + phase)
        for row in range(SIDE) for column in range(SIDE)
    ]


def write(folder, name, count, generator):
    """Writes images and labels; each image is one of 80 clean ones under fresh noise."""
    clean = [[stripes(kind * math.pi / 10, phase * math.pi / 4) for phase in range(8)] for kind in range(10)]
    images, labels = bytearray(), bytearray()
    for _ in range(count):
        kind = generator.randrange(10)
        noise = generator.randbytes(SIDE * SIDE)
        picture = generator.choice(clean[kind])
        images += bytes(max(0, min(255, int(value + (extra - 128) * 0.8))) for value, extra in zip(picture, noise))
        labels.append(kind)
    (folder / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, count, SIDE, SIDE) + images)
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    generator = random.Random(7)
    write(folder, "train", 4000, generator)
    write(folder, "t10k", 500, generator)


if __name__ == "__main__":
    main()
