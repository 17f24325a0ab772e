"""The PyTorch side of step.py: makes training steps on request and tells how long they took.

`steps.py tiny|mlp|lenet|gru|lstm [adam|nesterov] [batch size] [fused]`; lines as lasagne-bench reads and
writes them. `fused` takes PyTorch's fused optimizer.
"""

import json
import pathlib
import sys
import time

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from pytorch.networks import NETWORKS, threads
from pytorch.updates import make_update


def main():
    """Trains as long as somebody asks."""
    name, update_name, batch_size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    threads(1)
    torch.manual_seed(1)
    is_fused = "fused" in sys.argv[4:]
    if name == "tiny":
        images = torch.rand(3_200, 20) * 2 - 1
        labels = torch.randint(0, 2, (3_200,))
    else:
        images = torch.randint(0, 256, (12_800, 1, 28, 28), dtype=torch.uint8)
        labels = torch.randint(0, 10, (12_800,))
    network = NETWORKS[name]()
    update = make_update(
        update_name, network.parameters(), 0.001 if update_name == "adam" else 0.01, fused=is_fused
    )
    order, position = torch.randperm(len(images)), 0
    for line in sys.stdin:
        steps = int(line)
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            if position + batch_size > len(order):
                order, position = torch.randperm(len(images)), 0
            batch = order[position : position + batch_size]
            position += batch_size
            inputs = images.index_select(0, batch)
            if inputs.dtype == torch.uint8:
                inputs = inputs.float() / 256
            loss = functional.cross_entropy(network(inputs), labels.index_select(0, batch))
            update.zero_grad(set_to_none=True)
            loss.backward()
            update.step()
            loss.item()
        answer = {
            "steps": steps,
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
