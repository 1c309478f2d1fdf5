"""One peer library that scores a model, as a long-lived process: JSON lines in on stdin, JSON lines out on stdout.

usage: python bench/peers/score.py lightgbm|xgboost|onnxruntime|treelite|tl2cgen|lleaves|pylignum|pylignum-compiled|ydf|ydf-cpp

A line out for each line in, see peer_process.py:
  {"op": "load", ...}                        -> {"own", "seconds"}: loads, compiles or trains the model; reads the rows
  {"op": "time", "batch", "clock", "milliseconds"} -> {"micros": [...]}: of a call on so many rows, samples for about so long
  {"op": "predict", "out"}                   -> writes the float64 probabilities of the rows
  {"op": "trainText", ...}                   -> (lightgbm) writes a model of its own as text
bench/scoring/scoreContestant.ts is the other end.
"""

# first: it sees to one thread
import peer_process

import itertools
import sys
import time

# inputs that calls on a few rows take turns on, as in bench/scoring/timedBatches.ts
MOST_WINDOWS = 256
LEAST_SAMPLES = 2
# a sample is as many calls as last so long, of which the mean counts
SAMPLE_MICROS = 200
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}

library = sys.argv[1]
try:
    import numpy as np
    import scorers

    scorer, version = scorers.load(library)
except ImportError as error:
    peer_process.missing(error)


class Session:
    def load(self, request):
        self.rows = np.fromfile(request["rows"], dtype=np.float32).reshape(-1, request["featureCount"])
        start = time.perf_counter()
        self.model = scorer.load(request)
        self.calls = {}
        return {"own": getattr(scorer, "own", False), "seconds": time.perf_counter() - start}

    def time(self, request):
        batch, milliseconds, now = request["batch"], request["milliseconds"], CLOCKS[request["clock"]]
        if batch not in self.calls:
            calls = [scorer.prepare(self.model, window) for window in self.windows(batch)]
            self.calls[batch] = {"calls": itertools.cycle(calls), "measure": getattr(calls[0], "measure", None), "repetitions": 0}
        timed = self.calls[batch]
        if timed["measure"]:
            return {"micros": [1e6 * timed["measure"](milliseconds / 1e3)]}

        def sample():
            chosen = list(itertools.islice(timed["calls"], timed["repetitions"]))
            start = now()
            for call in chosen:
                call()
            return 1e6 * (now() - start) / len(chosen)

        while timed["repetitions"] == 0 or timed["repetitions"] * sample() < SAMPLE_MICROS:
            timed["repetitions"] = max(1, 2 * timed["repetitions"])
        micros, end = [], time.perf_counter() + milliseconds / 1e3
        while len(micros) < LEAST_SAMPLES or time.perf_counter() < end:
            micros.append(sample())
        return {"micros": micros}

    def windows(self, batch):
        count = len(self.rows)
        if batch >= count:
            return [np.resize(self.rows, (batch, self.rows.shape[1]))]
        starts = range(0, count - batch + 1, batch)[:MOST_WINDOWS]
        return [np.ascontiguousarray(self.rows[start : start + batch]) for start in starts]

    def predict(self, request):
        probabilities = np.asarray(scorer.prepare(self.model, self.rows)(), dtype=np.float64)
        np.ascontiguousarray(probabilities.reshape(-1)).tofile(request["out"])
        return {}

    def trainText(self, request):
        scorers.train_lightgbm_text(request)
        return {}


peer_process.run(library, version, Session())
