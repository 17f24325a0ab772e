"""Compares what TensorBoard reads with what `lasagne show --metrics --json` prints.

    compare.py SESSIONS_FOLDER POINTS_FILE

Each line of the second is {"step": …, "values": {key: number}, …}. Event files hold float32.
"""

import json
import pathlib
import sys

import numpy
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def scalars_of_tensorboard(sessions):
    (session,) = [p for p in pathlib.Path(sessions).iterdir() if any(p.glob("*tfevents*"))]
    accumulator = EventAccumulator(str(session), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    found = {tag: {e.step: e.value for e in accumulator.Scalars(tag)} for tag in tags["scalars"]}
    for tag in tags["tensors"]:
        events = accumulator.Tensors(tag)
        if events[0].tensor_proto.float_val:
            found[tag] = {e.step: e.tensor_proto.float_val[0] for e in events}
    return found


def scalars_of_lasagne(file):
    found = {}
    for line in open(file):
        point = json.loads(line)
        for key, value in point["values"].items():
            found.setdefault(key, {})[point["step"]] = value
    return found


theirs = scalars_of_tensorboard(sys.argv[1])
ours = scalars_of_lasagne(sys.argv[2])
if "train/loss" not in ours:
    sys.exit("the session has no train/loss")
if set(theirs) != set(ours):
    sys.exit(f"other tags: only in TensorBoard {set(theirs) - set(ours)}, only in ours {set(ours) - set(theirs)}")
for tag, points in ours.items():
    if set(points) != set(theirs[tag]):
        sys.exit(f"{tag}: other steps: {sorted(set(points) ^ set(theirs[tag]))[:5]} …")
    for step, value in points.items():
        if numpy.float32(value) != numpy.float32(theirs[tag][step]) and value == value:
            sys.exit(f"{tag} at step {step}: ours {value}, TensorBoard's {theirs[tag][step]}")
print(f"TensorBoard reads {sum(map(len, ours.values()))} points under {len(ours)} tags, equal to ours")
