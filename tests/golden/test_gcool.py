"""The numbers of the authors' own code for gCooL: communities, contrasts, the joint loss, five Adam steps."""

import re
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import GNN, Projector
from graphcl.heads import CommunityHead
from graphcl.methods.bases.gcool_module import GCooLModule
from graphcl.objectives import (
    communal_weights,
    community_contrast,
    community_edges,
    dense_community_aggregation,
    edge_density,
    info_nce,
)
from graphcl.objectives.node_to_community import community_logits, community_means, squared_distances
from graphcl.training import NodeBatches, Runtime, Stage, Step, adam, train
from tests.golden.arrays import Arrays, read

SIMILARITIES = {"cos": "cosine", "RBF": "rbf"}
INTER_WEIGHT, GAMMA = 0.7, 0.3  # lambda and gamma wherever a name does not say


@pytest.fixture(scope="module")
def cases(golden: Path) -> list[Arrays]:
    return read(golden / "gcool")


def free(array: Tensor) -> Tensor:
    return array.clone().requires_grad_()


def settings(arrays: Arrays, start: str) -> list[tuple[str, dict[str, str | float]]]:
    """Endings such as `RBF_tau40` of the arrays that begin like this, and what they mean."""
    found = [re.fullmatch(rf"{start}_(cos|RBF)_tau(\d+)", name) for name in arrays]
    matches = [match for match in found if match]
    assert matches
    return [
        (f"{match[1]}_tau{match[2]}", {"similarity": SIMILARITIES[match[1]], "temperature": int(match[2]) / 100})
        for match in matches
    ]


def test_aggregation_and_its_gradient(cases):
    for arrays in cases:
        variants = [
            ("deca", "edge_index", match[1])
            for match in map(re.compile(r"deca_loss_lam(\d+)").fullmatch, arrays)
            if match
        ]
        assert variants
        for start, edges, weight in [*variants, ("deca_asym", "edge_index_asym", "070")]:
            assign = free(arrays["deca_R"])
            edge_index = arrays[edges]
            loss = dense_community_aggregation(assign, edge_index, inter_weight=int(weight) / 100)
            loss.backward()
            arrays.near(loss, f"{start}_loss_lam{weight}")
            arrays.near(assign.grad, f"{start}_gradR_lam{weight}")


def test_edges_between_communities(cases):
    for arrays in cases:
        assign, edge_index = arrays["deca_R"], arrays["edge_index"]
        edges = community_edges(assign, edge_index)
        arrays.near(edges, "deca_E")
        arrays.near(edges.sum(), "deca_E_sum")
        arrays.near(edges.trace(), "deca_E_trace")
        arrays.near(assign.square().sum(), "deca_RtR_trace")
        arrays.near(assign.sum(0), "derived_soft_sizes")
        arrays.near(edge_density(assign, edge_index), "derived_edge_density")


def test_hard_communities_duplicates_and_self_loops(cases):
    for arrays in cases:
        assign, edge_index = arrays["deca_R"], arrays["edge_index"]
        hard = torch.nn.functional.one_hot(assign.argmax(1), assign.size(1)).double()
        arrays.near(community_edges(hard, edge_index), "deca_hard_E")
        loss = dense_community_aggregation(hard, edge_index, inter_weight=INTER_WEIGHT)
        arrays.near(loss, "deca_hard_loss_lam070")
        doubled = arrays["edge_index_dup_selfloop"]
        loss = dense_community_aggregation(assign, doubled, inter_weight=INTER_WEIGHT)
        arrays.near(loss, "deca_dup_selfloop_loss_lam070")


def test_assignment_and_the_gradient_of_the_centres(cases):
    for arrays in cases:
        for name, setting in settings(arrays, "R1"):
            centres = arrays["center"]
            head = CommunityHead(*centres.shape, **setting).double().place(centres)
            log_assign = [head(arrays[h]) for h in ("h1", "h2")]
            for view, log_r in enumerate(log_assign, start=1):
                arrays.near(log_r.exp(), f"R{view}_{name}")
                arrays.near(log_r.argmax(1), f"index{view}_{name}")
            edge_index = arrays["edge_index"]
            loss = dense_community_aggregation(log_assign[0].exp(), edge_index, inter_weight=INTER_WEIGHT)
            loss.backward()
            arrays.near(loss, f"deca_from_center_{name}")
            arrays.near(head.centres.grad, f"deca_gradcenter_{name}")


def test_community_means_and_similarities(cases):
    for arrays in cases:
        h = {view: arrays[f"h{view}"] for view in (1, 2)}
        for name, setting in settings(arrays, "S12"):
            for view, other in ((1, 2), (2, 1)):
                labels = arrays[f"index{other}_{name}"]
                means = community_means(h[other], labels, int(arrays["num_communities"]))
                arrays.near(means, f"C{other}_{name}")
                arrays.near(community_logits(h[view], means, **setting).exp(), f"S{view}{other}_{name}")
        means = arrays["C2_RBF_tau40"]
        arrays.near((-GAMMA * squared_distances(means, means)).exp(), "derived_W2_RBF_tau40_gamma030")


def test_community_contrast_and_its_gradient(cases):
    for arrays in cases:
        for start, index in (
            ("", "index{}_{}"),
            ("ext_", "ext_index{}"),
        ):  # the second kind has an empty community
            for name, setting in settings(arrays, f"{start}comm_loss"):
                h1, h2 = free(arrays["h1"]), free(arrays["h2"])
                labels = [arrays[index.format(view, name)] for view in (1, 2)]
                n_communities = int(arrays["num_communities"])
                loss = community_contrast(h1, h2, *labels, n_communities, gamma=GAMMA, **setting)
                loss.backward()
                arrays.near(loss, f"{start}comm_loss_{name}")
                arrays.near(h1.grad, f"{start}comm_gradh1_{name}")
                arrays.near(h2.grad, f"{start}comm_gradh2_{name}")


@pytest.mark.parametrize("summation", ["dense", "blocked"])
def test_node_contrast_and_its_gradient(cases, summation):
    for arrays in cases:
        percent = [match[1] for match in map(re.compile(r"node_loss_tau(\d+)").fullmatch, arrays) if match]
        assert percent
        for tau in percent:
            h1, h2 = free(arrays["h1"]), free(arrays["h2"])
            setting = {"temperature": int(tau) / 100, "summation": summation}
            loss = info_nce(h1, h2, **setting)
            loss.backward()
            arrays.near(loss, f"node_loss_tau{tau}")
            arrays.near(h1.grad, f"node_gradh1_tau{tau}")
            arrays.near(h2.grad, f"node_gradh2_tau{tau}")
            arrays.near(info_nce(h2, h1, **setting), f"node_loss_swapped_tau{tau}")


def test_schedule(cases):
    for arrays in cases:
        strides = [match[1] for match in map(re.compile(r"sched_alpha_stride(\d+)").fullmatch, arrays) if match]
        assert strides
        for stride in strides:
            weights = [communal_weights(int(epoch), stride=int(stride)) for epoch in arrays["sched_epoch"]]
            alpha, share = torch.tensor(weights, dtype=torch.float64).T
            arrays.near(alpha, f"sched_alpha_stride{stride}")
            arrays.near(share, f"sched_coef_stride{stride}")


class FixedView:
    """A view of the file, in place of a random one."""

    def __init__(self, arrays: Arrays, view: int) -> None:
        self.x, self.edge_index = arrays[f"fit_x{view}"], arrays[f"fit_edge_index_{view}"]

    def __call__(self, data: Data) -> Data:
        data.x, data.edge_index = self.x, self.edge_index
        return data


def module_of(arrays: Arrays, similarity: str) -> tuple[GCooLModule, dict[str, nn.Parameter]]:
    """The file's networks, and our parameters under the reference's names."""
    (hidden, width), channels = arrays["fit_param.encoder.conv.0.lin.weight"].shape, arrays["h1"].shape[1]
    encoder = GNN(width, hidden, channels, 2, activation="prelu", activate_last=True)
    projector = Projector(channels, len(arrays["fit_param.proj.0.bias"]))
    head = CommunityHead(*arrays["fit_param.center"].shape, temperature=0.4, similarity=similarity)
    module = GCooLModule(
        encoder,
        projector,
        head,
        [FixedView(arrays, view) for view in (1, 2)],
        inter_weight=INTER_WEIGHT,
        gamma=GAMMA,
        stride=500,
    ).double()
    ours = dict(module.named_parameters())
    theirs = {name.replace("projector.", "proj.").replace("head.centres", "center"): p for name, p in ours.items()}
    start = "fit_param."
    assert {start + name for name in theirs} == {name for name in arrays if name.startswith(start)}
    with torch.no_grad():
        for name, parameter in theirs.items():
            parameter.copy_(arrays[start + name])
    return module, theirs


def clean(arrays: Arrays) -> Data:
    x, edge_index = arrays["fit_x"], arrays["edge_index"]
    return Data(x=x, edge_index=edge_index, num_nodes=len(x))


@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_joint_loss_and_gradients(cases, similarity):
    for arrays in cases:
        found = map(re.compile(rf"fit_loss_{similarity}_epoch(\d+)").fullmatch, arrays)
        epochs = [match[1] for match in found if match]
        assert epochs
        for epoch in epochs:
            module, parameters = module_of(arrays, SIMILARITIES[similarity])
            step = Step("contrast", int(epoch), 0, torch.Generator())
            [batch] = NodeBatches(clean(arrays)).sweep()
            loss = sum(module(batch, step).values())
            loss.backward()
            arrays.near(loss, f"fit_loss_{similarity}_epoch{epoch}")
            start = f"fit_grad_{similarity}_epoch{epoch}."
            for name in (name.removeprefix(start) for name in arrays if name.startswith(start)):
                grad = parameters[name].grad
                arrays.near(torch.zeros_like(parameters[name]) if grad is None else grad, start + name)


class Later(GCooLModule):
    """gCooL whose first epoch is number 48, where the file's five steps begin."""

    def losses(self, rows, edges, epoch, *chosen):
        return super().losses(rows, edges, epoch + 48, *chosen)


@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_five_adam_steps(cases, similarity):
    for arrays in cases:
        module, parameters = module_of(arrays, SIMILARITIES[similarity])
        module.__class__ = Later
        stage = Stage("contrast", len(arrays[f"adam5_losses_{similarity}"]), adam(0.01, weight_decay=1e-5))
        training = train(module, NodeBatches(clean(arrays)), [stage], Runtime(torch.device("cpu")))
        losses = torch.tensor([row["loss"] for row in training.history], dtype=torch.float64)
        arrays.near(losses, f"adam5_losses_{similarity}")
        for name, parameter in parameters.items():
            arrays.near(parameter, f"adam5_param_{similarity}.{name}")
