"""One peer library as a long-lived process: JSON lines in on stdin, JSON lines out on stdout.

usage: python bench/peers/serve.py lightgbm|xgboost|sklearn|catboost

The first line out is {"library", "version"} or {"missing"}. Then a line out for each line in:
  {"op": "load", ...}      reads the raw files into what the library takes; nothing is binned
  {"op": "fit"}            -> {"seconds", "cpuSeconds", "peakBytes", "beforeBytes"}: bins and trains, and times that alone
  {"op": "predict", "out"} -> writes the float64 predictions of the test rows
A failure answers {"error"}. bench/training/contestant.ts is the other end.
"""

import gc
import json
import os
import sys
import time

# before any of the libraries is imported: they read it once
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

# what a library prints must not end up among the answers
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def answer(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


library = sys.argv[1]
try:
    import numpy as np
    import learners

    learner, version = learners.load(library)
except ImportError as error:
    answer({"missing": str(error)})
    sys.exit(0)


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


answer({"library": library, "version": version})
session = Session()
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer(getattr(session, request["op"])(request))
    except Exception as error:  # noqa: BLE001 - the other end decides what to do about it
        answer({"error": f"{type(error).__name__}: {error}"})
