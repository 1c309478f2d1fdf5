"""The peers that score a model, each on one thread: how it takes the model and the rows, and predicts.

A scorer has load(request), whose result prepare(matrix) get. prepare, not timed, puts float32 rows into the form that suits the
library best, and returns a call that gives their probabilities: that call alone is timed. A model is the LightGBM or ONNX file
of the request, or one of the library's own of the same number of trees and leaves, trained on the rows of the request.
What takes long to build is kept in the cache folder of the request, by the hash of the model file.
"""

import hashlib
import os
from types import SimpleNamespace

import numpy as np

SEED = 0
# trained on more, YDF takes minutes, and a tree of so many leaves looks the same
YDF_ROWS = 10_000


def load(library):
    """Imports a library. Returns its scorer and version."""
    return {
        "lightgbm": load_lightgbm,
        "xgboost": load_xgboost,
        "onnxruntime": load_onnxruntime,
        "treelite": load_treelite,
        "tl2cgen": load_tl2cgen,
        "lleaves": load_lleaves,
        "pylignum": load_pylignum,
        "pylignum-compiled": load_pylignum_compiled,
        "ydf": load_ydf,
        "ydf-cpp": load_ydf_cpp,
    }[library]()


def load_lightgbm():
    import lightgbm

    def load(request):
        return lightgbm.Booster(model_file=request["text"])

    def prepare(booster, matrix):
        # float32 is the faster of the two that it takes
        return lambda: booster.predict(matrix, num_threads=1)

    return SimpleNamespace(load=load, prepare=prepare), lightgbm.__version__


def load_xgboost():
    import xgboost

    def load(request):
        matrix, target = training_rows(request)
        parameters = {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "grow_policy": "lossguide",
            "max_depth": 0,
            "max_leaves": request["maxLeaves"],
            "learning_rate": 0.1,
            "min_child_weight": 0,
            "nthread": 1,
            "seed": SEED,
            "verbosity": 0,
        }
        return xgboost.train(parameters, xgboost.DMatrix(matrix, target, nthread=1), request["numTrees"])

    def prepare(booster, matrix):
        # without a DMatrix, which would be built anew for rows that change
        return lambda: booster.inplace_predict(matrix)

    return SimpleNamespace(load=load, prepare=prepare, own=True), xgboost.__version__


def load_onnxruntime():
    import onnxruntime

    def load(request):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(request["onnx"], options, providers=["CPUExecutionProvider"])

    def prepare(session, matrix):
        inputs, output = session.get_inputs(), session.get_outputs()[-1].name
        if len(inputs) == 1:
            feeds = {inputs[0].name: matrix}
        else:
            feeds = {one.name: np.ascontiguousarray(matrix[:, [i]]) for i, one in enumerate(inputs)}
        return lambda: session.run([output], feeds)[0].reshape(len(matrix), -1)[:, -1]

    return SimpleNamespace(load=load, prepare=prepare), onnxruntime.__version__


def load_treelite():
    import treelite

    def load(request):
        return treelite.frontend.load_lightgbm_model(request["text"])

    def prepare(model, matrix):
        matrix = matrix.astype(np.float64)
        return lambda: treelite.gtil.predict(model, matrix, nthread=1)

    return SimpleNamespace(load=load, prepare=prepare), f"{treelite.__version__} (GTIL)"


def load_tl2cgen():
    import tl2cgen
    import treelite

    def load(request):
        library = cached(request, "tl2cgen", ".so")
        if not os.path.exists(library):
            model = treelite.frontend.load_lightgbm_model(request["text"])
            tl2cgen.export_lib(model, toolchain="gcc", libpath=library, params={"parallel_comp": 8})
        return tl2cgen.Predictor(library, nthread=1)

    def prepare(predictor, matrix):
        # LightGBM's thresholds are float64
        rows = tl2cgen.DMatrix(matrix.astype(np.float64))
        return lambda: predictor.predict(rows)

    return SimpleNamespace(load=load, prepare=prepare), tl2cgen.__version__


def load_lleaves():
    import lleaves
    from importlib.metadata import version

    def load(request):
        model = lleaves.Model(model_file=request["text"])
        model.compile(cache=cached(request, "lleaves", ".bin"))
        return model

    def prepare(model, matrix):
        matrix = matrix.astype(np.float64)
        return lambda: model.predict(matrix, n_jobs=1)

    return SimpleNamespace(load=load, prepare=prepare), version("lleaves")


def load_pylignum():
    import lignum

    def load(request):
        return lignum.load(request["text"])

    return SimpleNamespace(load=load, prepare=lignum_rows), lignum.__version__


def load_pylignum_compiled():
    import lignum

    def load(request):
        model = lignum.load(request["text"])
        model.compile(library=cached(request, "pylignum", ".so"))
        return model

    return SimpleNamespace(load=load, prepare=lignum_rows), f"{lignum.__version__} (trees compiled)"


def lignum_rows(model, matrix):
    matrix = matrix.astype(np.float64)
    return lambda: model.predict(matrix)


def load_ydf():
    import ydf

    def prepare(model, matrix):
        columns = ydf_columns(matrix)
        return lambda: model.predict(columns, num_threads=1)

    return SimpleNamespace(load=train_ydf, prepare=prepare, own=True), ydf.__version__


def load_ydf_cpp():
    """YDF's own benchmark of its C++ engine: what it would be without the calls from Python."""
    import ydf

    def prepare(model, matrix):
        columns, rows = ydf_columns(matrix), len(matrix)

        def measure(seconds):
            result = model.benchmark(
                columns, benchmark_duration=seconds, warmup_duration=0.02, batch_size=rows, num_threads=1
            )
            return rows * result.duration_per_example

        call = lambda: model.predict(columns, num_threads=1)  # noqa: E731 - the predictions come from here
        call.measure = measure
        return call

    return SimpleNamespace(load=train_ydf, prepare=prepare, own=True), f"{ydf.__version__} (C++)"


def ydf_columns(matrix):
    return {f"f{i}": np.ascontiguousarray(matrix[:, i]) for i in range(matrix.shape[1])}


def train_ydf(request):
    import ydf

    folder = cached(request, "ydf", "")
    if not os.path.exists(folder):
        matrix, target = training_rows(request)
        learner = ydf.GradientBoostedTreesLearner(
            label="label",
            num_trees=request["numTrees"],
            growing_strategy="BEST_FIRST_GLOBAL",
            max_num_nodes=request["maxLeaves"],
            max_depth=-1,
            min_examples=1,
            shrinkage=0.1,
            validation_ratio=0.0,
            early_stopping="NONE",
            discretize_numerical_columns=True,
            num_threads=1,
            random_seed=SEED,
        )
        rows = {**ydf_columns(matrix[:YDF_ROWS]), "label": target[:YDF_ROWS].astype(np.int64)}
        learner.train(rows, verbose=0).save(folder)
    return ydf.load_model(folder)


def training_rows(request):
    train = request["train"]
    matrix = np.fromfile(train["matrix"], dtype=np.float32).reshape(-1, request["featureCount"])
    return matrix, np.fromfile(train["target"], dtype=np.float64)


def cached(request, library, ending):
    """A path for what the library builds of the model of the request."""
    with open(request["text"], "rb") as file:
        name = hashlib.sha256(file.read()).hexdigest()[:16]
    os.makedirs(request["cache"], exist_ok=True)
    return os.path.join(request["cache"], f"{library}-{name}{ending}")


def train_lightgbm_text(request):
    """A LightGBM model of the shape of the request, as text: for a machine that has none at hand."""
    import lightgbm

    matrix, target = training_rows(request)
    parameters = {"objective": "binary", "num_leaves": request["maxLeaves"], "num_threads": 1, "seed": SEED, "verbosity": -1}
    booster = lightgbm.train(parameters, lightgbm.Dataset(matrix, target), request["numTrees"])
    booster.save_model(request["text"])
