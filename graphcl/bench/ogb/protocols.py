"""How an entry for an OGB board is measured: its protocol, and the settings that validation chooses among."""

from dataclasses import dataclass

from graphcl.bench.transfer.rows import FOREST, FROM_SCRATCH
from graphcl.datasets.ogb.sets import OgbSet
from graphcl.evaluation import OGB_DECODERS, OGB_PROBES
from graphcl.evaluation.ogb.result import OGB_REVISION, Setting


@dataclass(frozen=True)
class OgbProtocol:
    """What is done with an embedding or an encoder.

    Args:
        kind: "linear" or "mlp", a probe of frozen rows; "links", a decoder of frozen rows; "fine-tune"; "forest".
        epochs: of fine-tuning.
        validation_edges: whether validation links are message-passing edges when test links are scored.
        clusters: whether k-means of the frozen rows is compared with the classes, too.
    """

    kind: str
    epochs: int = 100
    validation_edges: bool = False
    clusters: bool = False

    def __str__(self) -> str:
        """For records; two runs with different texts are different runs."""
        texts = {
            "linear": "frozen, linear probe",
            "mlp": "frozen, MLP probe",
            "links": "frozen, dot product or MLP decoder, training edges in message passing",
            "fine-tune": f"fine-tuned, {self.epochs} epochs at most",
            "forest": "Morgan fingerprints, untuned random forest",
        }
        further = ", validation edges as input at test time" if self.validation_edges else ""
        clusters = "; k-means of labelled nodes" if self.clusters else ""
        chosen = "nothing chosen" if self.kind == "forest" else "chosen on validation"
        return f"ogb: {texts[self.kind]}{further}; {chosen}, test read once{clusters} (revision {OGB_REVISION})"

    @property
    def title(self) -> str:
        """For the name of an entry."""
        names = {"linear": "frozen + linear probe", "mlp": "frozen + MLP probe", "links": "frozen + decoder"}
        return names.get(self.kind, {"fine-tune": "fine-tuned"}.get(self.kind, "fingerprints"))

    @property
    def tried(self) -> dict[str, tuple[Setting, ...]]:
        """Values of the hyper-parameters that validation chose among for each seed."""
        if self.kind == "links":
            return dict(OGB_DECODERS)
        return dict(OGB_PROBES.get(self.kind, {}))


def protocol_of(
    entry: OgbSet,
    method: str,
    *,
    probe: str | None = None,
    fine_tune: bool = False,
    epochs: int = 100,
    validation_edges: bool = False,
    clusters: bool = False,
) -> OgbProtocol:
    """The protocol of an entry, from what is asked for.

    Args:
        entry: the dataset.
        method: a method's name or a baseline.
        probe: "linear" or "mlp"; None takes "linear" where there is a choice.
        fine_tune: fine-tune the encoder, of graphs.
        epochs: of fine-tuning.
        validation_edges: see `OgbProtocol`; for links.
        clusters: see `OgbProtocol`; for classes of nodes.

    Raises:
        ValueError: options that do not go with the dataset or with each other.

    Example:
        >>> from graphcl.datasets.ogb.sets import SETS
        >>> protocol_of(SETS["ogbn-arxiv"], "grace").title
        'frozen + linear probe'
    """
    baseline = method in (FOREST, FROM_SCRATCH)
    if probe is not None and probe not in OGB_PROBES:
        raise ValueError(f"--probe must be {' or '.join(OGB_PROBES)}; got {probe}")
    if baseline and entry.kind != "graph":
        raise ValueError(f"{method} is a baseline of molecules, and {entry.name} has none; name a method")
    if validation_edges and entry.kind != "link":
        raise ValueError(f"--validation-edges is for links, as of ogbl-collab; leave it out for {entry.name}")
    if fine_tune and entry.kind != "graph":
        raise ValueError(f"--fine-tune is for sets of graphs, as ogbg-molhiv; leave it out for {entry.name}")
    if clusters and entry.kind != "node":
        raise ValueError(f"--clusters needs classes of nodes; leave it out for {entry.name}")
    if probe is not None and (entry.kind == "link" or fine_tune or baseline):
        raise ValueError(
            "--probe is for frozen rows with labels; leave it out for links, --fine-tune and baselines"
        )
    if entry.kind == "link":
        return OgbProtocol("links", validation_edges=validation_edges)
    if method == FOREST:
        if fine_tune:
            raise ValueError(f"{FOREST} has no encoder; leave --fine-tune out")
        return OgbProtocol("forest")
    if fine_tune or method == FROM_SCRATCH:
        return OgbProtocol("fine-tune", epochs=epochs)
    return OgbProtocol(probe or "linear", clusters=clusters)
