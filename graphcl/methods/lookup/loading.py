"""Load a fitted estimator of any method from a file, or one that comes with graphcl by its name."""

from pathlib import Path
from typing import Any

from graphcl.methods.lookup.named_weights import find_weights, names_weights
from graphcl.methods.lookup.registry import METHODS, get
from graphcl.training import GraphEstimator
from graphcl.training.estimators.saved import read_saved


def load(path: str | Path, *, method: str | None = None, **objects: Any) -> GraphEstimator:
    """Load a fitted estimator of any method that `save` wrote, or one that comes with graphcl.

    Args:
        path: of the file; or the name of weights that come with graphcl, as "dsla-moses-50k".
        method: "module:Class" for a method that is not registered; by default the file says which method it is.
            No module is ever imported because a file names it.
        objects: hyper-parameters that were objects, such as `encoder=MyEncoder(...)`, see `GraphEstimator.load`.

    Raises:
        FileNotFoundError: no such file.
        ValueError: another kind of file, a broken one, one of a method that is not known here, or an unknown name.

    Example:
        >>> import graphcl, tempfile
        >>> karate = graphcl.datasets.load("karate").graph
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     graphcl.FeatureKMeans(n_clusters=2).fit(karate).save(f"{folder}/model.pt")
        ...     model = load(f"{folder}/model.pt")
        >>> type(model).__name__, model.n_clusters
        ('FeatureKMeans', 2)
    """
    if names_weights(path):
        path = find_weights(str(path))
    known = None if method is None else get(method)
    saved = read_saved(Path(path))["method"]
    if known is None and saved not in METHODS:
        raise ValueError(
            f"{path} holds the method {saved!r}; this graphcl has {', '.join(METHODS)}; "
            "import the module that registers it, or name its class by method= (--method), as my_module:MyMethod"
        )
    return (known or METHODS[saved]).load(path, **objects)
