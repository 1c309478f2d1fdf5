"""The peer of bench/logistic.ts: prepares the data, then fits scikit-learn on request, one line of JSON a fit.

usage: python logistic.py DATA_DIRECTORY OUT_DIRECTORY   (bench/logistic.ts starts it)
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.simplefilter("ignore")
source, out = Path(sys.argv[1]), Path(sys.argv[2])
prepared = {}


def prepare(name, target):
    frame = pd.read_csv(source / f"{name}.csv.gz", keep_default_na=False)
    y = pd.Categorical(frame.pop(target)).codes.astype(np.int32)
    text = [column for column in frame if frame[column].dtype == object or str(frame[column].dtype) == "str"]
    numbers = frame.drop(columns=text).to_numpy(np.float32)
    codes = np.stack([pd.Categorical(frame[column]).codes for column in text], axis=1) if text else np.empty((len(y), 0))
    matrix = np.concatenate([numbers, codes.astype(np.float32)], axis=1)
    matrix.astype(np.float32).tofile(out / f"{name}.matrix")
    y.tofile(out / f"{name}.target")
    parts = [StandardScaler().fit_transform(numbers.astype(float))]
    if text:
        parts.append(OneHotEncoder(sparse_output=False).fit_transform(codes))
    prepared[name] = np.ascontiguousarray(np.concatenate(parts, axis=1)), y
    return {"name": name, "rows": len(y), "features": matrix.shape[1], "numeric": numbers.shape[1]}


def fit(name, solver, tol, l1, l2):
    X, y = prepared[name]
    C = 1 / (l1 + l2)
    model = LogisticRegression(C=C, l1_ratio=l1 * C, solver=solver, tol=tol, max_iter=100_000)
    started = time.process_time()
    model.fit(X, y)
    seconds = time.process_time() - started
    p = model.predict_log_proba(X)
    loss = -p[np.arange(len(y)), y].sum() + l1 * np.abs(model.coef_).sum() + l2 / 2 * (model.coef_**2).sum()
    return {"seconds": seconds, "iterations": int(np.max(model.n_iter_)), "objective": float(loss)}


print(json.dumps([prepare("adult", "income"), prepare("letter", "lettr")]), flush=True)
for line in sys.stdin:
    print(json.dumps(fit(**json.loads(line))), flush=True)
