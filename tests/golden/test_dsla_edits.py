"""Budgets, hops and the law of the perturbation, against the authors' own code: exactly, or by 20,000 draws."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import chi2_contingency
from torch_geometric.data import Data

from graphcl.augment import (
    EditScheme,
    draw_bonds_per_direction,
    edit_budgets,
    edit_candidates,
    share_of,
    within_hops,
)
from graphcl.graph_collection import GraphCollection
from tests.augment.candidates import presence
from tests.frequencies import LEVEL, assert_frequencies
from tests.golden.dsla_arrays import Arrays, read, tensor

COPIES = 20_000
TOKEN = (119, 0)
SCHEME = EditScheme(mode="reference", counted=1)


@pytest.fixture(scope="module")
def arrays(golden: Path) -> Arrays:
    return read(golden / "dsla", "perturb_stats")


def molecules(arrays: Arrays) -> list[str]:
    return sorted(name.removesuffix("_x") for name in arrays if re.fullmatch(r"m\d+_x", name))


def graph_of(arrays: Arrays, name: str) -> Data:
    return Data(**{key: tensor(arrays, f"{name}_{key}") for key in ("x", "edge_index", "edge_attr")})


@pytest.fixture(scope="module")
def draws(arrays: Arrays) -> dict[str, Data]:
    return draw_copies(arrays)


def draw_copies(arrays: Arrays) -> dict[str, Data]:
    """Candidates of 20,000 copies of each molecule, around the centre that the authors' figures have."""
    drawn = {}
    for seed, name in enumerate(molecules(arrays)):
        batch = GraphCollection.of([graph_of(arrays, name)]).batch([0] * COPIES)
        drawn[name] = edit_candidates(
            batch,
            SCHEME,
            new_attributes=draw_bonds_per_direction,
            mask_token=TOKEN,
            centres=batch.ptr[:-1] + int(arrays[f"{name}_centre"]),
            generator=torch.Generator().manual_seed(seed),
        )
    return drawn


def test_budgets(golden):
    budgets = read(golden / "dsla", "budgets")
    s = tensor(budgets, "s")
    strong = share_of(s, SCHEME.strong).clamp(min=1)
    ours = torch.cat([edit_budgets(s, SCHEME), strong[:, None]], dim=1)
    np.testing.assert_array_equal(ours, budgets["p"])
    np.testing.assert_array_equal(share_of(s, SCHEME.mask), budgets["mask"])


def test_hops(arrays):
    assert molecules(arrays)
    for name in molecules(arrays):
        edge_index, expected = graph_of(arrays, name).edge_index, arrays[f"{name}_khop"]
        for hops, by_centre in enumerate(expected):
            for centre, nodes in enumerate(by_centre):
                inside = within_hops(torch.tensor([centre]), edge_index, len(nodes), hops)
                np.testing.assert_array_equal(inside, nodes)
        sub = expected[SCHEME.hops][arrays[f"{name}_centre"]]
        np.testing.assert_array_equal(sub.nonzero()[0], arrays[f"{name}_sub_nodes"])


def test_presence_of_every_edge(arrays, draws):
    """Against the closed form, all cells of all molecules and candidates; and near the authors' counts."""
    counts, chances = [], []
    for name, out in draws.items():
        nodes = len(arrays[f"{name}_x"])
        for i in (1, 2, 3, 4):
            assert bool((out.edits[:, i] == int(arrays[f"{name}_i{i}_p"])).all())
            mine = out.batch[out.edge_index[0]] % SCHEME.total == i
            counts.append(presence(Data(edge_index=out.edge_index[:, mine]), nodes).numpy())
            chances.append(arrays[f"{name}_i{i}_edge_prob"])
            theirs = arrays[f"{name}_i{i}_edge_freq"]
            assert alike(counts[-1], COPIES, theirs, int(arrays[f"{name}_i{i}_draws"])), (name, i)
    flat = [np.concatenate([part[np.triu_indices(len(part), 1)] for part in parts]) for parts in (counts, chances)]
    assert_frequencies(flat[0], COPIES, flat[1])
    assert all((count == count.T).all() and not count.diagonal().any() for count in counts)


def test_masks(arrays, draws):
    for name, out in draws.items():
        nodes = len(arrays[f"{name}_x"])
        masked = out.masked.view(COPIES, SCHEME.total, nodes)
        for i in (1, 2, 3, 4):
            assert bool((masked[:, i].sum(1) == int(arrays[f"{name}_i{i}_nmask"])).all())
            theirs = arrays[f"{name}_i{i}_mask_freq"]
            near = arrays[f"{name}_sub_nodes"] if i < 4 else np.arange(nodes)
            count = masked[:, i].sum(0).numpy()
            chance = np.zeros(nodes)
            chance[near] = arrays[f"{name}_i{i}_nmask"] / len(near)
            assert_frequencies(count, COPIES, chance)
            assert alike(count, COPIES, theirs, int(arrays[f"{name}_i{i}_draws"]))


def test_kinds_of_new_bonds(arrays):
    """Types, directions and how often the two directions of a bond disagree: as the authors' draws."""
    names = [key.removesuffix("_newbond_hist") for key in arrays if key.endswith("_newbond_hist")]
    theirs = {
        key: sum(arrays[f"{name}_{key}"] for name in names).astype(int) for key in ("newbond_hist", "newdir_hist")
    }
    there, back = draw_bonds_per_direction(400_000, generator=torch.Generator().manual_seed(0))
    both = torch.cat([there, back])
    joint = torch.bincount(both[:, 0] * 3 + both[:, 1], minlength=12).view(4, 3).numpy()
    tests = [(np.bincount(there[:, 0], minlength=4), theirs["newbond_hist"] // 2)]
    tests += list(zip(joint // 2, theirs["newdir_hist"] // 2, strict=True))  # two directions are not independent
    for ours, reference in tests:
        seen = (ours + reference) > 0
        if seen.sum() > 1:
            assert chi2_contingency(np.stack([ours[seen], reference[seen]])).pvalue > LEVEL / len(tests)
        assert ((ours == 0) == (reference == 0)).all()
    differ = float((there[:, 1] != back[:, 1]).double().mean())
    weights = [arrays[f"{name}_draws"] * arrays[f"{name}_p"] for name in names]
    share = float(np.average([arrays[f"{name}_dir_asym_frac"] for name in names], weights=weights))
    assert differ == pytest.approx(share, abs=2e-3)
    assert sum(map(int, weights)) * 2 == theirs["newbond_hist"].sum()


def alike(count: np.ndarray, draws: int, frequency: np.ndarray, other_draws: int) -> bool:
    """Whether two binomial samples agree in every cell: within 5.5 deviations, 4e-8 a cell, of some thousands."""
    mine = count / draws
    pooled = (count + frequency * other_draws) / (draws + other_draws)
    deviation = np.sqrt(pooled * (1 - pooled) * (1 / draws + 1 / other_draws))
    sure = deviation < 1e-12
    z = np.abs(mine - frequency)[~sure] / deviation[~sure]
    return bool((mine == frequency)[sure].all()) and bool((z < 5.5).all())
