"""Linear probe of an embedding: logistic regression."""

import torch
from sklearn.linear_model import LogisticRegression

from graphcl.evaluation.probing import ProbeResult, best_on_validation, probe_rows, train_classes
from graphcl.evaluation.splits import Split, class_numbers
from graphcl.typing import Integers, Rows

STRENGTHS = tuple(2.0**exponent for exponent in range(-10, 11))
"""Candidate values of C, the inverse regularisation strength, as in scikit-learn."""


def linear_probe(z: Rows, y: Integers, split: Split) -> ProbeResult:
    """Logistic regression on L2-normalised embeddings, with C selected on the validation nodes.

    For each C in 2^-10, 2^-9, ..., 2^10: minimise |W|^2 / 2 + C sum_i -log softmax(W u_i + b)_{y_i} over the
    training nodes, u_i = z_i / |z_i|, by L-BFGS in float64. Two classes have one vector w in place of W: minimise
    |w|^2 / 2 + C sum_i log(1 + exp(-s_i (w u_i + b))), s_i = 1 for the higher class and -1 for the lower; this is
    the problem above at C / 2. The C with the highest validation accuracy is selected, the smallest one
    in a tie.

    Args:
        z: (n, d), an embedding that no label had a part in.
        y: (n,), the class of each node; negative where unknown.
        split: from `node_splits`.

    Raises:
        ValueError: an embedding or labels that do not fit, one class alone in train, an empty part, or
            parts with a node in common.

    Example:
        >>> from graphcl.evaluation import node_splits
        >>> y = torch.arange(100) % 2
        >>> linear_probe(torch.eye(2)[y], y, node_splits(y, {})[0]).scores["accuracy"]
        1.0

    Reference: [Velickovic et al., ICLR 2019, arXiv:1809.10341] for the protocol; normalised rows as in the code
    of GRACE [Zhu et al., arXiv:2006.04131]; the grid of C is our choice. The code of gCooL reports the
    maximum of the test score over the training steps of its classifier; here the corresponding maximum, over C, is
    `oracle`.
    """
    y = class_numbers(y)
    rows = probe_rows(z, y)
    train_classes(y, split)
    train = split.train.numpy()
    model = LogisticRegression(tol=1e-6, max_iter=2000, warm_start=True)
    predictions = {}
    for strength in STRENGTHS:  # from strong to weak regularisation, with warm starts
        model.set_params(C=strength).fit(rows[train], y.numpy()[train])
        predictions[strength] = torch.from_numpy(model.predict(rows))
    return best_on_validation(y, split, predictions)
