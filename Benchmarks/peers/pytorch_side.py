"""PyTorch: eager with its usual and its fused optimizer, channels last, and torch.compile."""

import pathlib
import sys

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from peers.common import BATCH_NORM_EPSILON, IMAGE_SCALE, Rounds, Work, run
from pytorch import networks
from pytorch.updates import make_update
from pytorch.weights import load


def prepared(work):
    """The network with the weights of this work, and its data as tensors."""
    networks.threads(work.threads)
    torch.manual_seed(1)
    make = networks.NETWORKS[work.network]
    network = make(work.dropout) if work.network == "lenet" else make()
    load(network, work.weights, BATCH_NORM_EPSILON)
    inputs, targets = torch.from_numpy(work.inputs), torch.from_numpy(work.targets)
    if "channelsLast" in work.mode and work.network in networks.IMAGES:
        network = network.to(memory_format=torch.channels_last)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    return network.train(), inputs, targets


def main():
    """Trains as long as somebody asks."""
    work = Work()
    network, inputs, targets = prepared(work)
    parameters = [p for p in network.parameters() if p.requires_grad]
    is_fused = "fused" in work.mode or "compile" in work.mode
    update = make_update(work.update, parameters, work.rate, fused=is_fused or None)

    def loss_of(batch, labels):
        if batch.dtype == torch.uint8:
            batch = batch.float() / IMAGE_SCALE
        return functional.cross_entropy(network(batch), labels)

    if "compile" in work.mode:
        loss_of = torch.compile(loss_of)

    def step(positions):
        where = torch.from_numpy(positions)
        loss = loss_of(inputs.index_select(0, where), targets.index_select(0, where))
        update.zero_grad(set_to_none=True)
        loss.backward()
        update.step()
        return loss.item()

    flags = torch.__config__.show().split("CPU capability usage: ")[-1].split()[0]
    Rounds(
        work, library="PyTorch", version=torch.__version__, threads=torch.get_num_threads(),
        instructions=flags,
    ).serve(step)


if __name__ == "__main__":
    run(main)
