"""PyTorch Lightning: the same networks, trained by its Trainer as its documentation does."""

import logging
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")
import lightning
import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from peers.common import IMAGE_SCALE, Rounds, Work, run
from peers.pytorch_side import prepared
from pytorch.updates import make_update

for name in ("lightning", "lightning.pytorch"):
    logging.getLogger(name).setLevel(logging.ERROR)


class Module(lightning.LightningModule):
    """A network with its loss and its optimizer."""

    def __init__(self, network, work):
        super().__init__()
        self.network = network
        self.work = work

    def training_step(self, batch, index):
        """The loss of a batch."""
        inputs, targets = batch
        if inputs.dtype == torch.uint8:
            inputs = inputs.float() / IMAGE_SCALE
        return functional.cross_entropy(self.network(inputs), targets)

    def configure_optimizers(self):
        """PyTorch's usual optimizer."""
        parameters = [p for p in self.parameters() if p.requires_grad]
        return make_update(self.work.update, parameters, self.work.rate)


class Batches(torch.utils.data.IterableDataset):
    """The batches of a work, without an end."""

    def __init__(self, work, inputs, targets):
        self.work, self.inputs, self.targets = work, inputs, targets

    def __iter__(self):
        for positions in self.work.batches():
            where = torch.from_numpy(positions)
            yield self.inputs.index_select(0, where), self.targets.index_select(0, where)


class Clock(lightning.Callback):
    """Ends and begins rounds between steps."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.left = 0

    def on_train_start(self, trainer, module):
        self.begin()

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        loss = outputs["loss"].item()
        if self.rounds.work.wants_losses:
            self.rounds.losses.append(loss)
        self.left -= 1
        if self.left == 0:
            self.rounds.end()
            self.begin()

    def begin(self):
        self.left = self.rounds.begin()
        if self.left is None:
            sys.exit(0)


def main():
    """Trains as long as somebody asks."""
    work = Work()
    network, inputs, targets = prepared(work)
    rounds = Rounds(
        work, library="Lightning", version=lightning.__version__, torch=torch.__version__,
        threads=torch.get_num_threads(),
    )
    loader = torch.utils.data.DataLoader(Batches(work, inputs, targets), batch_size=None)
    trainer = lightning.Trainer(
        max_steps=-1, max_epochs=1, accelerator="cpu", devices=1, logger=False,
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        callbacks=[Clock(rounds)],
    )
    rounds.ready()
    trainer.fit(Module(network, work), loader)


if __name__ == "__main__":
    run(main)
