"""LightGBM's side of explain.ts: answers each line of standard input, the folder of a model, with one timing.

usage: pip install lightgbm==4.7.0, then see explain.ts
"""

import json
import sys
import time
from functools import cache

import lightgbm
import numpy as np

REPEATS = int(sys.argv[1])


@cache
def load(folder):
    booster = lightgbm.Booster(model_file=f"{folder}/model.txt")
    rows = np.genfromtxt(f"{folder}/rows.csv", delimiter=",", skip_header=1)
    values = booster.predict(rows, pred_contrib=True, num_threads=1)
    return booster, np.tile(rows, (REPEATS, 1)), values.ravel().tolist(), booster.feature_importance("gain").tolist()


for line in sys.stdin:
    booster, rows, values, gain = load(line.strip())
    started = time.process_time()
    booster.predict(rows, pred_contrib=True, num_threads=1)
    elapsed = time.process_time() - started
    print(json.dumps({"microsPerRow": 1e6 * elapsed / len(rows), "values": values, "gain": gain}), flush=True)
