"""The peers with the parameters of the comparison: how each takes the data, trains and predicts.

A learner has prepare(request, train, test), not timed, whose result fit(prepared), timed, and predict(model, prepared) get.
Codes below 0 are levels that training has not seen; the peers take them as missing, as the references did.
"""

from types import SimpleNamespace

import numpy as np

SEED = 0
# the bins that scikit-learn and CatBoost can give a feature of categories, at most as many as features of numbers have
MOST_LEVELS = 255


def load(library):
    """Imports a library. Returns its learner and version."""
    return {
        "lightgbm": load_lightgbm,
        "xgboost": load_xgboost,
        "sklearn": load_sklearn,
        "catboost": load_catboost,
    }[library]()


def load_lightgbm():
    import lightgbm

    objectives = {"binary": "binary", "multiclass": "multiclass", "regression": "l2", "ranking": "lambdarank"}

    def prepare(request, train, test):
        options = request["options"]
        parameters = {
            "objective": objectives[request["task"]],
            "num_leaves": options["maxLeaves"],
            "learning_rate": options["learningRate"],
            "min_data_in_leaf": options["minChildSamples"],
            "max_bin": options["maxBins"],
            "num_threads": request.get("threads", 1),
            "seed": SEED,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        if request["task"] == "multiclass":
            parameters["num_class"] = request["classCount"]
        return SimpleNamespace(
            train=unseen_to_missing(request, train),
            test=unseen_to_missing(request, test),
            parameters=parameters,
            trees=options["numTrees"],
            categorical=request["categorical"],
        )

    def fit(p):
        dataset = lightgbm.Dataset(
            p.train["matrix"],
            label=p.train["target"],
            group=p.train.get("group"),
            categorical_feature=p.categorical or "auto",
            params=p.parameters,
        )
        return lightgbm.train(p.parameters, dataset, num_boost_round=p.trees)

    def predict(model, p):
        return model.predict(p.test["matrix"], num_threads=1)

    return SimpleNamespace(prepare=prepare, fit=fit, predict=predict), lightgbm.__version__


def load_xgboost():
    import xgboost

    objectives = {
        "binary": "binary:logistic",
        "multiclass": "multi:softprob",
        "regression": "reg:squarederror",
        "ranking": "rank:ndcg",
    }

    def prepare(request, train, test):
        options, task = request["options"], request["task"]
        parameters = {
            "objective": objectives[task],
            "tree_method": "hist",
            "grow_policy": "lossguide",
            "max_depth": 0,
            "max_leaves": options["maxLeaves"],
            "learning_rate": options["learningRate"],
            "max_bin": options["maxBins"],
            "nthread": 1,
            "seed": SEED,
            "verbosity": 0,
        }
        if task == "regression":
            # every hessian is 1: a bound on their sum is one on the rows
            parameters |= {"min_child_weight": options["minChildSamples"], "reg_lambda": 0}
        if task == "multiclass":
            parameters["num_class"] = request["classCount"]
        kinds = ["q"] * request["featureCount"]
        for feature in request["categorical"]:
            kinds[feature] = "c"
        return SimpleNamespace(
            train=unseen_to_missing(request, train),
            test=unseen_to_missing(request, test),
            parameters=parameters,
            trees=options["numTrees"],
            kinds=kinds,
            max_bin=options["maxBins"],
        )

    def fit(p):
        matrix = xgboost.QuantileDMatrix(
            p.train["matrix"],
            label=p.train["target"],
            group=p.train.get("group"),
            feature_types=p.kinds,
            enable_categorical=True,
            max_bin=p.max_bin,
            nthread=1,
        )
        return xgboost.train(p.parameters, matrix, num_boost_round=p.trees)

    def predict(model, p):
        return model.predict(
            xgboost.DMatrix(p.test["matrix"], feature_types=p.kinds, enable_categorical=True, nthread=1)
        )

    return SimpleNamespace(prepare=prepare, fit=fit, predict=predict), xgboost.__version__


def load_sklearn():
    import sklearn
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    def prepare(request, train, test):
        options, task = request["options"], request["task"]
        if task == "ranking":
            raise NotImplementedError("scikit-learn has no ranking objective")
        train, test = cap_levels(request, unseen_to_missing(request, train), unseen_to_missing(request, test))
        # float64 is what it works on: so the conversion is not timed
        return SimpleNamespace(
            train={**train, "matrix": train["matrix"].astype(np.float64)},
            test={**test, "matrix": test["matrix"].astype(np.float64)},
            task=task,
            parameters={
                "max_iter": options["numTrees"],
                "max_leaf_nodes": options["maxLeaves"],
                "learning_rate": options["learningRate"],
                "min_samples_leaf": options["minChildSamples"],
                "max_bins": options["maxBins"],
                "categorical_features": request["categorical"] or None,
                "early_stopping": False,
                "random_state": SEED,
            },
        )

    def fit(p):
        kind = HistGradientBoostingRegressor if p.task == "regression" else HistGradientBoostingClassifier
        return kind(**p.parameters).fit(p.train["matrix"], p.train["target"])

    def predict(model, p):
        if p.task == "regression":
            return model.predict(p.test["matrix"])
        probabilities = model.predict_proba(p.test["matrix"])
        return probabilities[:, 1] if p.task == "binary" else probabilities

    return SimpleNamespace(prepare=prepare, fit=fit, predict=predict), sklearn.__version__


def load_catboost():
    import catboost

    losses = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}

    def prepare(request, train, test):
        options, task = request["options"], request["task"]
        if task == "ranking":
            raise NotImplementedError("not compared: CatBoost's ranking losses are others than LambdaRank")
        return SimpleNamespace(
            train=catboost.Pool(table_of(request, train), train["target"], cat_features=request["categorical"]),
            test=catboost.Pool(table_of(request, test), cat_features=request["categorical"]),
            task=task,
            parameters={
                "loss_function": losses[task],
                "iterations": options["numTrees"],
                "grow_policy": "Lossguide",
                "max_leaves": options["maxLeaves"],
                "learning_rate": options["learningRate"],
                "min_data_in_leaf": options["minChildSamples"],
                "border_count": options["maxBins"] - 1,
                "boosting_type": "Plain",
                "bootstrap_type": "No",
                "thread_count": 1,
                "random_seed": SEED,
                "allow_writing_files": False,
                "logging_level": "Silent",
            },
        )

    def fit(p):
        model = catboost.CatBoost(p.parameters)
        model.fit(p.train)
        return model

    def predict(model, p):
        kind = "RawFormulaVal" if p.task == "regression" else "Probability"
        predictions = model.predict(p.test, prediction_type=kind, thread_count=1)
        return predictions[:, 1] if p.task == "binary" else predictions

    return SimpleNamespace(prepare=prepare, fit=fit, predict=predict), catboost.__version__


def unseen_to_missing(request, part):
    """A part whose negative codes are NaN."""
    if not request["categorical"]:
        return part
    matrix = part["matrix"].copy()
    for feature in request["categorical"]:
        column = matrix[:, feature]
        column[column < 0] = np.nan
    return {**part, "matrix": matrix}


def cap_levels(request, train, test):
    """Of a feature with too many levels the commonest stay, the rest becomes one level."""
    most = min(MOST_LEVELS, request["options"]["maxBins"])
    for feature in request["categorical"]:
        column = train["matrix"][:, feature]
        levels, counts = np.unique(column[~np.isnan(column)], return_counts=True)
        if len(levels) <= most:
            continue
        order = np.argsort(-counts, kind="stable")
        kept, other = levels[order[: most - 1]], levels[order[-1]]
        for part in (train, test):
            codes = part["matrix"][:, feature]
            codes[~np.isnan(codes) & ~np.isin(codes, kept)] = other
    return train, test


def table_of(request, part):
    """A DataFrame with whole numbers in the columns of categories, as CatBoost wants it; missing is -1."""
    import pandas

    table = pandas.DataFrame(part["matrix"], columns=[f"f{i}" for i in range(request["featureCount"])])
    for feature in request["categorical"]:
        table[f"f{feature}"] = table[f"f{feature}"].fillna(-1).astype(np.int32)
    return table
