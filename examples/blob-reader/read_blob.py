"""Reads a packed blob and scores records with it, by what docs/blob-format.md says and nothing else: to show that it is enough.

usage: python3 read_blob.py model.coppice < records.json

Every prediction is the library's, bit for bit. It goes as the page does: sections, features, margins, predictions. It is to learn from,
not to serve with: it checks the frame, sizes and trees, and not all else that the page asks for.
"""

import json
import math
import struct
import sys
import zlib

import msgpack
import numpy as np

F32, F64 = np.dtype("<f4"), np.dtype("<f8")
KNOWN = {"about", "schema", "features", "forest", "linear", "shares", "calibrator", "threshold", "rules", "drift"}


def score(blob, records):
    """Float32 predictions, a row each (several classes: a column each), and the labels of a model of classes."""
    sections = read_sections(blob)
    task, classes = sections["about"]["task"], sections["schema"]["target"]["classes"]
    with np.errstate(all="ignore"):
        columns = feature_columns(sections["schema"], sections["features"], records)
        if "forest" in sections:
            predictor, margins = sections["forest"], forest_margins(sections["forest"], columns, len(records))
        else:
            predictor, margins = sections["linear"], linear_margins(sections["linear"], columns, len(records))
        scores = predictions(task, predictor["link"], sections["calibrator"], margins).astype(F32)
    if task == "regression":
        return scores, None
    if task == "multiclass":
        return scores, [classes[best] for best in scores.argmax(axis=1)]
    return scores, [classes[int(p >= sections["threshold"]["value"])] for p in scores.tolist()]


def read_sections(blob):
    """The known sections by name; optional ones that are not known are skipped."""
    expect("a header of 16 bytes", len(blob) >= 16)
    magic, version, length, checksum = struct.unpack_from("<4sIII", blob)
    payload = blob[16:]
    expect('"CPPC" at the beginning', magic == b"CPPC")
    expect(f"version 1, got {version}", version == 1)
    expect(f"{length} bytes of payload, got {len(payload)}", length == len(payload))
    expect("the checksum of the header: the blob is corrupted", checksum == zlib.crc32(payload))
    packed = unpack(payload)
    for name, (required, *_) in packed.items():
        expect(f"no unknown section that is required, got {name!r}", name in KNOWN or not required)
    expect("one of the sections forest and linear", ("forest" in packed) != ("linear" in packed))
    return {name: unpack(body) for name, (_, body, *_) in packed.items() if name in KNOWN}


def unpack(packed):
    def distinct(pairs):
        expect("distinct keys", len(dict(pairs)) == len(pairs))
        return dict(pairs)

    return msgpack.unpackb(packed, object_pairs_hook=distinct)  # which refuses bytes behind the value


def elements(packed, dtype, count=None):
    expect("whole elements", len(packed) % np.dtype(dtype).itemsize == 0)
    array = np.frombuffer(packed, dtype)
    expect(f"{count} elements, got {len(array)}", count is None or count == len(array))
    return array


def expect(what, holds):
    if not holds:
        raise ValueError("blob: expected " + what)


# of exp and log below: the same operations in the same order everywhere
LN2_HIGH, LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
SHIFT = 6755399441055744 + 1023  # adding it rounds to an integer


def exp(x):
    k = x * 1.4426950408889634 + SHIFT - SHIFT
    r = x - k * LN2_HIGH - k * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    c = [1 / math.factorial(n) for n in range(14)]
    low, middle, high = (c[n] + r * c[n + 1] + r2 * (c[n + 2] + r * c[n + 3]) for n in (2, 6, 10))
    p = 1 + (r + r2 * (low + r4 * (middle + r4 * high)))
    y = np.ldexp(p, np.where(np.abs(k) < 1100, k, 0).astype(int))
    return np.where(x > 709.782712893384, np.inf, np.where(x < -708.3964185322641, 0, y))


def log(x):
    m, k = np.frexp(np.where((x > 0) & (x < np.inf), x, 1))  # m in [1/2, 1)
    is_low = 2 * m <= math.sqrt(2)
    m, k = np.where(is_low, 2 * m, m), np.where(is_low, k - 1, k)
    f = m - 1
    s = f / (2 + f)
    z = s * s
    p = 1 / 23
    for n in range(21, 1, -2):
        p = p * z + 1 / n
    y = k * LN2_HIGH + (2 * s + (p * z * s * 2 + k * LN2_LOW))
    return np.where(x > 0, np.where(x == np.inf, x, y), np.where(x == 0, -np.inf, np.nan))


def sigmoid(x):
    e = exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def softplus(x):
    return np.maximum(x, 0) + log(1 + exp(-np.abs(x)))


def feature_columns(schema, features, records):
    """A float32 array for each feature."""
    fields = []
    for name, kind, *_ in schema["fields"]:
        values = [record.get(name) for record in records]
        if kind == "number":
            values = np.array([np.nan if value is None else value for value in values], F64).astype(F32)
        fields.append(values)
    columns = []
    for kind, _, source, *rest in features:
        if kind == "field":
            columns.append(fields[source])
        elif kind == "derived":
            columns.append(evaluate(rest[0], fields, len(records)))
        else:
            codes = {level: code for code, level in enumerate(rest[0])} | {"": np.nan, None: np.nan}
            columns.append(np.array([codes.get(value, -1) for value in fields[source]], F32))
    return columns


def lesser(a, b):
    # -0 is less than +0, which np.minimum does not promise
    return np.where(a == b, np.where(np.signbit(a), a, b), np.minimum(a, b))


# on float32 arrays NumPy rounds each of these to float32
OPERATIONS = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "negate": np.negative,
    "abs": np.abs, "sqrt": np.sqrt, "floor": np.floor, "ceil": np.ceil,
    "log": lambda x: log(x.astype(F64)).astype(F32), "exp": lambda x: exp(x.astype(F64)).astype(F32),
    "min": lesser, "max": lambda a, b: -lesser(-a, -b),
    "less": np.less, "lessOrEqual": np.less_equal, "greater": np.greater, "greaterOrEqual": np.greater_equal,
    "equal": np.equal, "notEqual": np.not_equal, "isMissing": np.isnan,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not, "where": np.where,
}


def evaluate(expression, fields, row_count):
    name, *arguments = expression
    if name == "constant":
        return np.full(row_count, arguments[0], F32)
    if name == "field":
        return fields[arguments[0]]
    return OPERATIONS[name](*(evaluate(argument, fields, row_count) for argument in arguments))


def forest_margins(forest, columns, row_count):
    byte_columns, tree_count = forest["columns"], forest["treeCount"]
    column = elements(forest["column"], "u1" if len(byte_columns) <= 256 else "<u2")
    test = elements(forest["test"], "u1", len(column))
    leaf = elements(forest["leaf"], "i1" if forest["leafBits"] == 8 else "<i2", len(column) + tree_count)
    roots, left, right = trees(elements(forest["structure"], "u1"), tree_count, len(column))
    data = np.array([column_bytes(own, columns) for own in byte_columns], "u1").reshape(len(byte_columns), row_count)
    is_set = np.array(["sets" in own for own in byte_columns], bool)
    starts = [*elements(forest["groupStart"], "<u4"), tree_count]
    scales = elements(forest["groupScale"], F32, len(starts) - 1).astype(F64)
    outputs = elements(forest["groupOutput"], "<u2", len(starts) - 1)
    margins = np.tile(elements(forest["baseScores"], F64), (row_count, 1))
    for group, (scale, output) in enumerate(zip(scales, outputs)):
        total = np.zeros(row_count, int)
        for tree in range(starts[group], starts[group + 1]):
            at = np.full(row_count, roots[tree])
            while (rows := np.flatnonzero(at >= 0)).size:
                node = at[rows]
                byte = data[column[node], rows]
                goes_left = np.where(is_set[column[node]], byte & test[node] != 0, byte < test[node])
                at[rows] = np.where(goes_left, left[node], right[node])
            total += leaf[~at]
        margins[:, output] += scale * total
    return margins


def trees(structure, tree_count, node_count):
    """The root of each tree and the children of each node: nodes from 0, leaves ~0, ~1, …"""
    expect("a bit a node and leaf", len(structure) == (2 * node_count + tree_count + 7) // 8)
    bits = iter(np.unpackbits(structure, bitorder="little").tolist())
    roots, left, right = {}, {}, {}
    leaves = 0
    for tree in range(tree_count):
        places = [(roots, tree)]
        while places:
            children, parent = places.pop()
            if next(bits, 0):
                children[parent] = node = len(left)
                left[node] = right[node] = None
                places += [(right, node), (left, node)]
            else:
                children[parent] = ~leaves
                leaves += 1
    expect(f"{node_count} nodes, got {len(left)}", len(left) == node_count)
    return roots, np.array([*left.values()], int), np.array([*right.values()], int)


def column_bytes(column, columns):
    if "sets" in column:
        table, code = elements(column["table"], "u1"), columns[column["sets"]]
        return table[level_rows(code, len(table) - 2)]
    x = columns[column["rank"]]
    rank = 1 + np.searchsorted(elements(column["thresholds"], F32), x)  # which counts thresholds < x
    return np.where(np.isnan(x), 0 if column["missing"] == "low" else 255, rank)


def level_rows(code, level_count):
    """The index of a level, or of what stands behind them: unseen, missing."""
    is_level = (code >= 0) & (code < level_count) & (np.floor(code) == code)
    return np.where(np.isnan(code), level_count + 1, np.where(is_level, code, level_count)).astype(int)


def linear_margins(linear, columns, row_count):
    intercepts = elements(linear["intercepts"], F64)
    count = len(intercepts)
    total = np.zeros((row_count, count))  # whole numbers, which float64 holds exactly
    for own in linear["numeric"]:
        x = columns[own["featureIndex"]].astype(F64)
        x = np.clip(np.where(np.isnan(x), own["fill"], x), own["lower"], own["upper"])
        q = np.floor((x - own["center"])[:, None] * elements(own["inverseSteps"], F64, count) + 0.5)
        total = total + np.clip(q, -32767, 32767) * elements(own["weights"], "i1", count)
    for own in linear["categorical"]:
        values = elements(own["values"], "<i2").reshape(count, -1).T.astype(F64)
        unseen = np.zeros((1, count))
        missing = values[[own["fill"]]] if own["fill"] >= 0 else unseen
        q = np.vstack([values, unseen, missing])[level_rows(columns[own["featureIndex"]], len(values))]
        total = total + q * elements(own["weights"], "i1", count)
    return intercepts + elements(linear["scales"], F64, count) * total


def predictions(task, link, calibrator, margins):
    if task == "multiclass":
        return class_probabilities(link, calibrator, margins)
    margin = margins[:, 0]
    if task == "binary":
        return probability(link, calibrator, margin)
    return margin if link == "identity" else exp(margin)


def probability(link, calibrator, margin):
    kind, share = calibrator["kind"], np.clip(margin, 0, 1)
    if kind == "none":
        return sigmoid(margin) if link == "logit" else share
    if kind == "sigmoid":
        return sigmoid(calibrator["slope"] * margin + calibrator["intercept"])
    if kind == "isotonic":
        return interpolate(elements(calibrator["x"], F64), elements(calibrator["y"], F64), margin)
    if link == "logit":
        positive, negative = softplus(-margin), softplus(margin)
    else:
        positive, negative = -log(pulled_in(share, 2)), -log(1 - pulled_in(share, 2))
    if kind == "temperature":
        return sigmoid(1 / calibrator["temperature"] * (margin if link == "logit" else negative - positive))
    up = calibrator["b"] * negative if calibrator["b"] else np.zeros_like(margin)
    down = calibrator["a"] * positive if calibrator["a"] else 0
    return sigmoid(up - down + calibrator["c"])


def class_probabilities(link, calibrator, margins):
    scale = 1 / calibrator["temperature"] if calibrator["kind"] == "temperature" else 1
    if link == "logit":
        return divided_by_sum(sigmoid(scale * margins))
    if link == "identity":
        shares = divided_by_sum(np.maximum(margins, 0))
        if calibrator["kind"] == "none":
            return shares
        margins = log(pulled_in(shares, shares.shape[1]))
    return divided_by_sum(exp(scale * (margins - margins.max(axis=1, keepdims=True))))


def divided_by_sum(values):
    total = np.cumsum(values, axis=1)[:, -1:]  # from the first class to the last, as np.sum does not
    return np.where(total > 0, values / total, 1 / values.shape[1])


def pulled_in(share, class_count):
    return share * (1 - class_count * 2**-10) + 2**-10


def interpolate(x, y, at):
    low = np.clip(np.searchsorted(x, at, side="right") - 1, 0, max(len(x) - 2, 0))
    high = np.minimum(low + 1, len(x) - 1)
    between = y[low] + (y[high] - y[low]) / (x[high] - x[low]) * (at - x[low])
    return np.where(at > x[0], np.where(at >= x[-1], y[-1], between), y[0])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        scores, labels = score(file.read(), json.load(sys.stdin))
    print(json.dumps({"predictions": scores.tolist(), "labels": labels}))
