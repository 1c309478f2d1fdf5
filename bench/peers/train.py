"""One peer library as a long-lived process: JSON lines in on stdin, JSON lines out on stdout.

usage: python bench/peers/train.py lightgbm|xgboost|sklearn|catboost

A line out for each line in, see peer_process.py:
  {"op": "load", ...}      reads the raw files into what the library takes; nothing is binned
  {"op": "fit"}            -> {"seconds", "cpuSeconds", "peakBytes", "beforeBytes"}: bins and trains, and times that alone
  {"op": "predict", "out"} -> writes the float64 predictions of the test rows
bench/training/contestant.ts is the other end.
"""

# first: it sees to one thread
import peer_process

import gc
import sys
import time

library = sys.argv[1]
try:
    import numpy as np
    import learners

    learner, version = learners.load(library)
except ImportError as error:
    peer_process.missing(error)


def read_part(part, feature_count):
    read = {
        "matrix": np.fromfile(part["matrix"], dtype=np.float32).reshape(part["rowCount"], feature_count),
        "target": np.fromfile(part["target"], dtype=np.float64),
    }
    if "group" in part:
        read["group"] = np.fromfile(part["group"], dtype=np.int32)
    return read


def memory(field):
    """A line of /proc/self/status in bytes; None where there is no such file."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return 1024 * int(line.split()[1])
    except OSError:
        pass
    return None


def reset_peak():
    """Lets VmHWM start again from what is resident now."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


class Session:
    def load(self, request):
        self.model = None
        count = request["featureCount"]
        train, test = (read_part(request[part], count) for part in ("train", "test"))
        self.prepared = learner.prepare(request, train, test)
        return {}

    def fit(self, _):
        self.model = None
        gc.collect()
        reset_peak()
        before = memory("VmRSS")
        cpu, start = time.process_time(), time.perf_counter()
        self.model = learner.fit(self.prepared)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        return {"seconds": seconds, "cpuSeconds": cpu, "peakBytes": memory("VmHWM"), "beforeBytes": before}

    def predict(self, request):
        predictions = np.asarray(learner.predict(self.model, self.prepared), dtype=np.float64)
        np.ascontiguousarray(predictions).tofile(request["out"])
        return {}


peer_process.run(library, version, Session())
