"""PyTorch: eager with its usual and its fused optimizer, channels last, and torch.compile; CPU or GPU."""

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
    network = network.to(work.device)
    inputs = torch.from_numpy(work.inputs).to(work.device)
    targets = torch.from_numpy(work.targets).to(work.device)
    if "channelsLast" in work.mode and work.network in networks.IMAGES:
        network = network.to(memory_format=torch.channels_last)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    return network.train(), inputs, targets


def main():
    """Trains as long as somebody asks."""
    work = Work()
    is_on_gpu = work.device != "cpu"
    # What our side does too: see LASAGNE_TF32.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = True
    network, inputs, targets = prepared(work)
    parameters = [p for p in network.parameters() if p.requires_grad]
    is_compiled = work.mode in ("compile", "reduceOverhead")
    is_fused = "fused" in work.mode or is_compiled
    update = make_update(work.update, parameters, work.rate, fused=is_fused or None)

    def loss_of(batch, labels):
        if batch.dtype == torch.uint8:
            batch = batch.float() / IMAGE_SCALE
        return functional.cross_entropy(network(batch), labels)

    if is_compiled:
        how = {"mode": "reduce-overhead"} if work.mode == "reduceOverhead" else {}
        loss_of = torch.compile(loss_of, **how)

    def step(positions):
        where = torch.from_numpy(positions)
        if is_on_gpu:
            where = where.pin_memory().to(work.device, non_blocking=True)
        loss = loss_of(inputs.index_select(0, where), targets.index_select(0, where))
        update.zero_grad(set_to_none=True)
        loss.backward()
        update.step()
        # Nobody waits for a GPU who need not: nor does our side.
        return loss.item() if work.wants_losses or not is_on_gpu else loss.detach()

    flags = torch.__config__.show().split("CPU capability usage: ")[-1].split()[0]
    Rounds(
        work, library="PyTorch", version=torch.__version__, threads=torch.get_num_threads(),
        instructions=flags, device=torch.cuda.get_device_name() if is_on_gpu else "cpu",
        precision="TF32 in products off, TF32 in convolutions on" if is_on_gpu else "float32",
    ).serve(step, torch.cuda.synchronize if is_on_gpu else lambda: None)


if __name__ == "__main__":
    run(main)
