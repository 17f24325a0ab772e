"""The libraries that keep metrics, each behind the same four methods.

A writer imports its library in `__init__`: that is timed too. `readable` says how many steps a reader
of the library's own finds while the run goes on; a library without one has none.
"""

import os
import pathlib


class TensorBoard:
    """TensorBoard's own writer; read by its event accumulator."""

    def __init__(self, folder):
        from tensorboard.summary import Writer

        self.folder, self.make = folder, Writer

    def start(self):
        self.writer = self.make(str(self.folder))

    def log(self, step, values):
        for key, value in values.items():
            self.writer.add_scalar(key, value, step)

    def finish(self):
        self.writer.close()

    def readable(self, key):
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        reader = EventAccumulator(str(self.folder), size_guidance={"scalars": 0, "tensors": 0})
        reader.Reload()
        tags = reader.Tags()
        if key in tags["scalars"]:
            return len(reader.Scalars(key))
        return len(reader.Tensors(key)) if key in tags["tensors"] else 0


class TensorBoardX(TensorBoard):
    """tensorboardX; read by TensorBoard's event accumulator."""

    def __init__(self, folder):
        from tensorboardX import SummaryWriter

        self.folder, self.make = folder, SummaryWriter


class WandB:
    """Weights & Biases without a server; what it writes is read by sending it to one only."""

    def __init__(self, folder):
        os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DIR=str(folder))
        import wandb

        self.library = wandb

    def start(self):
        self.run = self.library.init(project="bench", settings=self.library.Settings(silent=True))

    def log(self, step, values):
        self.run.log(values, step=step)

    def finish(self):
        self.run.finish()


class MLflow:
    """MLflow on SQLite; read by its client."""

    def __init__(self, folder):
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        import mlflow

        self.library, self.folder = mlflow, folder

    def start(self):
        self.library.set_tracking_uri(f"sqlite:///{self.folder}/mlflow.db")
        self.library.set_experiment("bench")
        self.run = self.library.start_run()

    def log(self, step, values):
        self.library.log_metrics(values, step=step)

    def finish(self):
        self.library.end_run()

    def readable(self, key):
        return len(self.library.MlflowClient().get_metric_history(self.run.info.run_id, key))


class Aim:
    """Aim; its readers find a run only in the index that its server makes, or `aim storage reindex`."""

    def __init__(self, folder):
        os.environ["AIM_NO_TELEMETRY"] = "1"
        import aim

        self.library, self.folder = aim, folder

    def start(self):
        self.run = self.library.Run(
            repo=str(self.folder), system_tracking_interval=None, capture_terminal_logs=False,
            log_system_params=False,
        )

    def log(self, step, values):
        for key, value in values.items():
            self.run.track(value, name=key, step=step)

    def finish(self):
        self.run.close()


class Trackio:
    """Trackio; read from its database by its own functions."""

    def __init__(self, folder):
        os.environ.update(TRACKIO_DIR=str(folder), TRACKIO_LOG_LEVEL="ERROR")
        import trackio

        self.library = trackio

    def start(self):
        self.run = self.library.init(project="bench", name="run", embed=False)

    def log(self, step, values):
        self.library.log(values, step=step)

    def finish(self):
        self.library.finish()

    def readable(self, key):
        from trackio.sqlite_storage import SQLiteStorage

        return sum(1 for row in SQLiteStorage.get_logs("bench", "run") if key in row)


WRITERS = {
    "tensorboard": TensorBoard,
    "tensorboardx": TensorBoardX,
    "wandb": WandB,
    "mlflow": MLflow,
    "aim": Aim,
    "trackio": Trackio,
}


def size(folder):
    """Bytes in all files of a folder, as the directory says."""
    return sum(p.stat().st_size for p in pathlib.Path(folder).rglob("*") if p.is_file())
