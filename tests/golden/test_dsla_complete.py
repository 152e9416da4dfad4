"""Nothing of the D-SLA files is left out: each array is used by a comparison, or belongs to what is named here."""

from tests.golden import dsla_arrays, test_dsla_edits, test_dsla_encoders, test_dsla_end_to_end, test_dsla_losses
from tests.golden.dsla_arrays import read

ELSEWHERE = {
    "featurise": "test_dsla_molecules.py",
    "scaffold_report": "test_dsla_reports.py",
    "scaffold_": "test_dsla_molecules.py",
    "tu_report": "test_dsla_reports.py",
    "encoder_chem_300_param_order": "test_dsla_encoders.py",
    "metrics": "test_dsla_metrics.py",
    "linkpred": "test_dsla_links.py",
}
"""Files, by how their names begin, that no test of this page reads, and where they are or will be compared."""

DEFECTS = {("encoder_chem_small", "node_eval_JK_sum")}
"""The published code gives the first node's row alone; a test shows that, and that ours gives every node's."""


def run_everything(golden) -> None:
    """Every comparison of the four files."""
    folder = golden / "dsla"
    losses, small, steps, draws = (
        read(folder, name) for name in ("losses", "encoder_chem_small", "end_to_end", "perturb_stats")
    )
    for test in (test_dsla_losses.test_discrimination, test_dsla_losses.test_edits, test_dsla_losses.test_margin):
        test(losses)
    test_dsla_encoders.test_molecules_in_evaluation(small)
    test_dsla_encoders.test_molecules_in_training(small)
    test_dsla_encoders.test_molecules_at_full_width(golden)
    test_dsla_encoders.test_proteins(golden)
    test_dsla_encoders.test_social_graphs(golden)
    test_dsla_end_to_end.test_losses_scores_and_representations(steps)
    test_dsla_end_to_end.test_all_gradients_and_an_adam_step_through_the_loop(steps)
    test_dsla_end_to_end.test_the_authors_candidates_are_such_as_ours(steps)
    copies = test_dsla_edits.draw_copies(draws)
    test_dsla_edits.test_budgets(golden)
    test_dsla_edits.test_hops(draws)
    test_dsla_edits.test_presence_of_every_edge(draws, copies)
    test_dsla_edits.test_masks(draws, copies)
    test_dsla_edits.test_kinds_of_new_bonds(draws)


def test_every_array_is_used(golden):
    dsla_arrays.OPENED.clear()
    run_everything(golden)
    used: dict[str, set[str]] = {}
    for name, arrays in dsla_arrays.OPENED:
        arrays["one_more"] = 0  # which no test knows: it must be found
        used.setdefault(name, set()).update(arrays.used)
    left = {(name, key) for name, arrays in dsla_arrays.OPENED for key in arrays if key not in used[name]}
    assert left - {(name, "one_more") for name in used} == DEFECTS
    assert len(left) > len(DEFECTS)
    files = {path.stem for path in (golden / "dsla").glob("*.*") if path.suffix in (".npz", ".json")}
    assert {name for name in files - set(used) if not name.startswith(tuple(ELSEWHERE))} == set()
