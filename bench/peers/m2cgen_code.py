"""Writes a binary LightGBM model as the JavaScript that m2cgen makes of it.

usage: python bench/peers/m2cgen_code.py model.txt out.mjs
"""

import sys

import lightgbm
import m2cgen

model_file, out = sys.argv[1:3]
# m2cgen goes down an expression a tree long, and knows models by the classes of scikit-learn's interface
sys.setrecursionlimit(1_000_000)
classifier = lightgbm.LGBMClassifier()
classifier._Booster = lightgbm.Booster(model_file=model_file)
classifier._n_features = classifier._Booster.num_feature()
classifier._n_classes = 2
classifier.fitted_ = True
with open(out, "w") as file:
    file.write(m2cgen.export_to_javascript(classifier) + "\nexport { score };\n")
