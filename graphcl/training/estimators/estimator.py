"""Base class of estimators with scikit-learn's interface: `fit`, `transform`, `save`, `load`."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import torch
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor
from torch_geometric.data import Data

from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.ops.files.tensor_files import check_writable
from graphcl.ops.graph_matrices.sparse import compress
from graphcl.ops.machine.distributed import rank
from graphcl.ops.machine.meter import measured
from graphcl.ops.machine.rank_zero import from_rank_zero
from graphcl.ops.machine.runtime import Precision, Runtime, dtype_of
from graphcl.recipes import read_recipe
from graphcl.suggestion import did_you_mean
from graphcl.training.batching.batches import Batches
from graphcl.training.batching.graph_batches import GraphBatches
from graphcl.training.batching.node_batches import NodeBatches
from graphcl.training.batching.rank_seeds import check_stages
from graphcl.training.checkpoint import Checkpoint
from graphcl.training.estimators.about import About
from graphcl.training.estimators.docstrings import with_inherited_parameters
from graphcl.training.estimators.fitting import Fitting
from graphcl.training.estimators.given import many_graphs
from graphcl.training.estimators.left_out import left_out, missing_rows
from graphcl.training.estimators.model_card import training_facts
from graphcl.training.estimators.objects import described
from graphcl.training.estimators.restoring import restored
from graphcl.training.estimators.saved import read_saved, restored_params, saved_content, write_saved
from graphcl.training.inference import embed_all
from graphcl.training.loop import Callback
from graphcl.training.method import Method
from graphcl.training.row_store import mapped_rows
from graphcl.training.stage import Stage
from graphcl.typing import Labels, Nodes, Seed
from graphcl.validation import check_callbacks, check_graph, check_graphs, check_parameters
from graphcl.validation.numbers import Numbers, feature_scale


@dataclass(kw_only=True, eq=False, repr=False)
class GraphEstimator(TransformerMixin, BaseEstimator):
    """Base class of estimators: the constructor stores hyper-parameters, `fit` checks and learns.

    `clone`, `get_params` and `set_params` work as usual. Cross-validation over nodes does not make sense (a graph
    is not a table of rows) and is not supported.

    A method derives from `GraphEmbedder` or `GraphClusterer`, and writes `_build` and `_stages`.

    Args:
        device: "auto" (a GPU where there is one), "cpu", "cuda" or "cuda:1".
        precision: "fp32", "bf16" for layers in bfloat16, or "fp64" for float64 from the features to the embedding.
            Without it float64 features are rounded to float32; a UserWarning says if entries become 0 or columns
            constant by that. Features all below 1/64 are multiplied by a power of two, `feature_scale_`, first.
        seed: of every draw; 0 is a seed.
    """

    name: ClassVar[str]
    """What the command line and the recipes call the method."""
    revision: ClassVar[int] = 1
    """Raised whenever the method's numbers change, so that no table mixes old and new."""
    takes: ClassVar[Literal["graph", "multiplex", "graphs"]] = "graph"
    """One graph; one graph whose edges name their relation in `edge_type`; or a sequence of graphs."""
    accepts_edge_weight: ClassVar[bool] = False
    accepts_edge_attr: ClassVar[bool] = False
    """For methods that take graphs: whether they read `edge_attr`; else it is refused, never dropped."""
    features: ClassVar[Literal["numbers", "categories"]] = "numbers"
    """For methods that take graphs: whether x becomes float32, or is checked to be categories and stays int64."""
    needs_features: ClassVar[bool] = True
    """Of methods that take one graph: False if x is not read, and may be absent."""
    read_outs: ClassVar[tuple[str, ...]] = ()
    """Attributes with hard clusters besides `labels_`, which a record scores too."""
    row_attributes: ClassVar[tuple[str, ...]] = ("embedding_", "labels_", "soft_labels_")
    """Attributes with a row for each node, or graph, of the data, which `save` leaves out unless asked."""

    device: str = "auto"
    precision: Precision = "fp32"
    seed: Seed = 0

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.__doc__ = with_inherited_parameters(cls)

    @classmethod
    def from_recipe(cls, dataset: str, **overrides: Any) -> Self:
        """The method with its published hyper-parameters for a data set, or its default for any other.

        Args:
            dataset: the data set's name; "default" asks for the default.
            overrides: hyper-parameters that differ from the recipe.

        Raises:
            ValueError: a hyper-parameter that the method does not have.
        """
        params = {**read_recipe(cls.name, dataset), **overrides}
        names = cls._get_param_names()
        for key in params:
            if key not in names:
                hint = did_you_mean(key, names)
                raise ValueError(f"{cls.name} has no parameter {key!r}{hint}; choose among {', '.join(names)}")
        return cls(**params)

    def fit(
        self,
        data: Data | Graphs,
        y: object = None,  # noqa: ARG002  (scikit-learn's signature; labels are never read)
        *,
        callbacks: Sequence[Callback] = (),
        cache: Path | None = None,
        checkpoint: Checkpoint | None = None,
        out: str | Path | None = None,
    ) -> Self:
        """Train on structure and features; labels are removed before anything else.

        Args:
            data: a graph with x and edge_index (for methods that take graphs, a sequence of them or a collection).
            y: ignored.
            callbacks: each is called with a `Report` after every epoch. One that raises `StopStage` or
                `StopTraining` of `graphcl.training` ends it early, as `EarlyStopping` does, and nothing is lost.
            cache: a folder where pre-trainings are found and kept.
            checkpoint: where the state of the training is written at intervals, and found to resume from.
            out: an npy file for the embedding, written block by block once the training is over: `embedding_` is
                then mapped from it, and k-means reads it in blocks where it is large, see `graphcl.heads.kmeans`.
                A method trained on samples (`batch_size`) never holds the embedding of all nodes in memory then.

        Returns:
            The estimator, with embedding_, history_ (one dict per epoch), stages_ (one per stage) and, of methods
            that train, module_. A fit that fails leaves an estimator as it was.

        Raises:
            TypeError: callbacks that are no functions.
            OSError: the file of `out` cannot be written; said before the training.
            ValueError: a hyper-parameter or an input that cannot be worked on; the message says which.
        """
        check_callbacks(callbacks)
        place = None if out is None else Path(out)
        if place is not None:
            check_writable(place)
        params = {name: described(value) for name, value in check_parameters(self).items()}
        before = dict(self.__dict__)
        try:
            self.feature_scale_: float = self._scale_of(data)
            graphs = self._checked(data)
            self._check_to_fit(graphs)
            runtime = Runtime.launch(self.device, self.precision, self.seed)
            fitting = Fitting(runtime, params, callbacks, cache, checkpoint, place)
            with runtime.seeded():
                self._learn(graphs, fitting)
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(before)
            raise
        self.stages_: list[dict[str, Any]] = fitting.costs
        self.n_features_in_: int = graphs[0].x.size(1)
        self.params_ = params
        self.card_: dict[str, Any] = training_facts(self, graphs)
        self.__dict__.pop("left_out_", None)  # of the file that it was loaded from
        return self

    def fit_predict(self, data: Data | Graphs, y: object = None, **fit_options: Any) -> Labels:  # noqa: ARG002
        """`fit(data).labels_`; options are those of `fit`."""
        labels: Labels = self.fit(data, **fit_options).labels_
        return labels

    def transform(self, data: Data | Graphs, *, out: str | Path | None = None) -> Nodes:
        """Embeddings of a graph's nodes (or of graphs), (n, d), on the CPU; float32, or float64 for "fp64".

        Args:
            data: as for `fit`.
            out: an npy file that the rows are written to block by block; the result is then mapped from it.

        Raises:
            NotFittedError: before `fit`.
            ValueError: an input of another width than the one fitted on, or one that cannot be worked on.
            OSError: the file cannot be written.
        """
        return self._embed(self._checked_as_fitted(data), out=None if out is None else Path(out))

    def save(
        self, path: str | Path, *, rows: bool = False, half: bool = False, about: About | None = None
    ) -> None:
        """Write the estimator as it was fitted: plain values and tensors, no code; `load` reads it back.

        What is as long as the data, as `embedding_` and `labels_`, is left out: `transform` and `predict` do not
        need it. Hyper-parameters that were set after `fit` are not written: the model does not have them. Of an
        object, such as an encoder of one's own, the weights are written, and `load` asks for the object.

        A card, model.card.md for model.pt, says in Markdown what the model is; the file holds the same, `card_`.

        Args:
            path: of the file; model.safetensors is written in that format (extra `weights`).
            rows: whether to write what is as long as the data too.
            half: whether to round weights to float16; once loaded they have their own type again.
            about: what the card is to say that the estimator does not know: the data, its licence, scores.

        Raises:
            NotFittedError: before `fit`.
            ValueError: `rows` of an estimator that was loaded without them, or weights beyond float16.
            OSError: the file cannot be written.
            ModuleNotFoundError, TypeError: safetensors is not installed, or cannot hold a value.
        """
        check_is_fitted(self, "n_features_in_")
        write_saved(Path(path), saved_content(self, rows=rows, half=half, about=about))

    @classmethod
    def load(cls, path: str | Path, **objects: Any) -> Self:
        """Read an estimator of this class that `save` wrote; see `graphcl.load` for one of any class.

        Args:
            path: of the file.
            objects: hyper-parameters that were objects, such as `encoder=MyEncoder(...)`: a file holds their
                weights and not their code.

        Raises:
            FileNotFoundError: no such file.
            ValueError: another kind of file, a broken one, another method, another format, a model that the method
                as it is now cannot take, or an object that must be given.
        """
        content = read_saved(Path(path))
        if content["method"] != cls.name:
            raise ValueError(f"{path} holds no {cls.name} but {content['method']!r}; use graphcl.load(path)")
        params = restored_params(Path(path), content["params"], objects)
        try:
            return restored(cls, content, params)
        except (TypeError, AttributeError, RuntimeError, ValueError, LookupError) as error:
            reason = " ".join(str(error).split())
            raise ValueError(f"{path} does not fit {cls.name} as it is here ({reason}); train it again") from error

    def __getattr__(self, name: str) -> Any:
        """Say why a loaded estimator has no rows of its data; anything else is missing as usual."""
        if name in left_out(self):
            raise missing_rows(self, name)
        return object.__getattribute__(self, name)  # fails as usual; of a property with the error that it raised

    def _fitted_names(self) -> tuple[str, ...]:
        """What `fit` leaves in any case, besides `module_` and `params_`; a file without it is refused."""
        return "n_features_in_", "history_", "stages_", "embedding_"

    def _check_restored(self) -> None:
        """Refuse, by any error, learned values from a file that the method could not work with."""

    def _learn(self, graphs: Graphs, fitting: Fitting) -> None:
        """Build the module, run its stages, embed, and read clusters out: sets all fitted attributes."""
        self._infer(graphs)
        stages = self._stages()
        check_stages(self.name, stages, len(graphs) if self.takes == "graphs" else graphs[0].x.size(0))
        module = self._new_module(graphs[0]).to(fitting.runtime.device)
        with measured(fitting.costs, "prepare"):
            batches = self._batches(module, graphs, fitting.runtime)
        self.history_ = fitting.train(module, batches, stages, self.name, self.revision, graphs)
        self.module_: Method = module.eval()
        read, fitting.costs[:] = from_rank_zero(lambda: self._read_off(batches, fitting))
        self.__dict__ |= read
        if fitting.out is not None and rank():
            self.embedding_: Tensor = mapped_rows(fitting.out)

    def _read_off(self, batches: Batches, fitting: Fitting) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Embedding, and what is read off it; returns all that was set, and the costs, for the other processes."""
        before, costs = dict(self.__dict__), fitting.costs
        with measured(costs, "embed"):
            z = embed_all(self.module_, batches, fitting.runtime, out=fitting.out)
            self.embedding_ = z.to("cpu", fitting.runtime.dtype)
        with measured(costs, "assign"):
            self._read_out(batches, fitting.runtime)
        costs[-1] |= self._read_out_choices()
        changed = {name: value for name, value in vars(self).items() if value is not before.get(name, costs)}
        if fitting.out is not None:
            changed.pop("embedding_")  # the others map the file
        return changed, costs

    def _embed(self, graphs: Graphs, out: Path | None = None) -> Nodes:
        runtime = Runtime.launch(self.device, self.precision, self.seed)
        module = self.module_.to(runtime.device).eval()
        rows = embed_all(module, self._batches(module, graphs, runtime), runtime, out=out)
        return rows.to("cpu", runtime.dtype)

    def _new_module(self, data: Data) -> Method:
        """The untrained module in the type of the precision, with the same initial weights for all of them."""
        return self._build(data).to(dtype_of(self.precision))

    def _infer(self, graphs: Graphs) -> None:
        """Infer from the data what `_build` needs besides widths; kept under names that end in an underscore."""

    def _build(self, data: Data) -> Method:  # noqa: ARG002
        """The untrained module; reads nothing of the data but widths."""
        raise TypeError(f"{type(self).__name__} must define _build(data) -> Method")

    def _stages(self) -> list[Stage]:
        """The stages to run."""
        raise TypeError(f"{type(self).__name__} must define _stages() -> list of Stage")

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        """Set what is read off the trained module and the embedding, such as clusters."""

    def _read_out_choices(self) -> dict[str, str]:
        """How the clusters were computed, where there was a choice; it joins what the stage "assign" cost."""
        return {}

    def _batches(self, module: Method, graphs: Graphs, runtime: Runtime) -> Batches:
        """The graphs on the run's device, prepared by the module, behind the protocol of batches."""
        if isinstance(graphs, GraphCollection):
            return GraphBatches(graphs.to(runtime.device))
        if self.takes == "graphs":
            return GraphBatches([graph.to(runtime.device) for graph in graphs])
        return NodeBatches(module.prepare(graphs[0].to(runtime.device)), hops=self._hops())

    def _hops(self) -> int | None:
        """How far `embed` reads, where it is to take a graph in blocks; None takes the whole graph at once."""
        return None

    def _settings_for(self, module: type) -> dict[str, Any]:
        """The hyper-parameters that a module's constructor takes under the same names, by keyword."""
        names = {
            name
            for name, parameter in inspect.signature(module).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        return {name: getattr(self, name) for name in self._get_param_names() if name in names}

    def _blank(self) -> Data:
        """The smallest graph of the widths that `fit` saw, for `_build` when a saved estimator is read."""
        return Data(x=torch.zeros(1, self.n_features_in_), edge_index=torch.zeros(2, 0).long())

    def _checked(self, data: Data | Graphs) -> Graphs:
        """The checked input without labels: one graph in a list, or a collection."""
        if self.takes == "graphs":
            return check_graphs(
                many_graphs(self.name, data),
                features=self.features,
                accepts_edge_attr=self.accepts_edge_attr,
                numbers=self._numbers(),
            )
        if isinstance(data, GraphCollection):
            got = f"{data}; choose a method that takes graphs"
            raise ValueError(f"{self.name} takes one graph; got {got}")  # noqa: TRY004  (as for other wrong data)
        multiplex = self.takes == "multiplex"
        graph = check_graph(
            data,
            accepts_edge_weight=self.accepts_edge_weight,
            multiplex=multiplex,
            needs_features=self.needs_features,
            numbers=self._numbers(),
        )
        if isinstance(graph.x, Tensor):
            graph.x = compress(graph.x)
        return [graph]

    def _numbers(self) -> Numbers:
        """The type and the scale of features."""
        return Numbers(dtype_of(self.precision), getattr(self, "feature_scale_", 1.0))

    def _scale_of(self, data: Data | Graphs) -> float:
        """The factor of the features that `fit` sees; 1 for categories, and for what is refused later."""
        if self.features == "categories":
            return 1.0
        if isinstance(data, Data):
            return feature_scale(data.get("x"))
        if isinstance(data, GraphCollection):
            return feature_scale(data.x)
        graphs = data if isinstance(data, Sequence) else []
        return min((feature_scale(graph.get("x")) for graph in graphs if isinstance(graph, Data)), default=1.0)

    def _checked_as_fitted(self, data: Data | Graphs) -> Graphs:
        """The same for an estimator that has been fitted, on features of the same width."""
        check_is_fitted(self, "n_features_in_")
        graphs = self._checked(data)
        if graphs[0].x.size(1) != self.n_features_in_:
            raise ValueError(
                f"x must have the {self.n_features_in_} columns that fit saw; got {graphs[0].x.size(1)}; "
                "give features of the same kind or fit again"
            )
        return graphs

    def _check_to_fit(self, graphs: Graphs) -> None:
        """Refuse what can be embedded, but not learned from: too few nodes, for instance."""

    def _check_size(self, graphs: Graphs, n_clusters: int) -> None:
        """Refuse more clusters than there are nodes, or graphs."""
        of_graphs = self.takes == "graphs"
        rows, what = (len(graphs), "graphs") if of_graphs else (graphs[0].x.size(0), "nodes")
        if n_clusters > rows:
            raise ValueError(
                f"n_clusters must be at most the number of {what}; got {n_clusters} for {rows} {what}"
            )
