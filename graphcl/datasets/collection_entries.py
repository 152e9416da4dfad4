"""Catalogue entries of graph collections: molecules, ego networks of proteins, and the TU Dortmund datasets.

Sizes are means over graphs. Molecules that RDKit 2026.09.1 cannot convert to graphs are not counted.
"""

from graphcl.datasets.data_folders import canonical
from graphcl.datasets.entry import Entry
from graphcl.datasets.molecules.files import Layout, user_molecules
from graphcl.datasets.molecules.moleculenet import MoleculeFile, moleculenet
from graphcl.datasets.proteins.ego_networks import EgoFile
from graphcl.datasets.sources.source import Embedded
from graphcl.datasets.sources.tu import TUFiles
from graphcl.datasets.sources.tu_digests import TU_DIGESTS

_MOLECULENET = "moleculenet.org, deepchem"
_MOSES = "github.com/molecularsets/moses"
_PPI = "github.com/snap-stanford/pretrain-gnns, bio; reader not run on the real data"
_TU = "chrsmrrs.github.io/datasets"

_BBBP = "d07a38487aeac5cee5508413e468043ef3097451d2a112701c2d60be9ec6b662"
_TOX21 = "7d7e7facd853a63e79ddce4e9c3fcb7a0d83a1c300b603031c0f2c64fbe77761"
_TOXCAST = "0598b33326818254fcb7ced0e039b8e40ed42a18e9063c27cacc1e43b2df0f7a"
_CLINTOX = "9999816e760dd838358b5d88e81cea2fc062be4458ffa412ceecdba4f88a67b6"
_MUV = "ed7a1fa1cbdaa220e2d2804240128d02029443ba117fc1dbfb8d771db8c3e2a4"
_HIV = "54713c3205055055ea4214e8c4b0d22d93af7e54ad2c48f4edc866e161e57262"
_ESOL = "8c06a76f0c6487d29ab0f903e6a7a7139f189ab3c1178f159c8be8964602f189"
_FREESOLV = "ab5895d914ee87cb563bd7b9611e869527bba45bec6b014d34dc495a0f9dcb72"
_LIPO = "aed41590cb30609d51d8e08ad3ff06495a76e80e211358801f596b10da69bacd"
_TRAIN = "786f0313aa6b9ba5514df685f885742a70ea8d86f1a4fa48115f7f80a634265c"
_TEST = "f896fbf3764f88d94670b9959e5872c600c12152a18233823e820761b7a791b2"
_SCAFFOLDS = "adffb2192c1bfe31ab0e13154d4af19a37dc18bdbf3cd7b4491e04405128adde"

_SOLUBILITY = "measured log solubility in mols per litre"


def _molecules(
    name: str, graphs: int, nodes: float, edges: float, tasks: int | None, origin: str, source: MoleculeFile
) -> Entry:
    """Entry of a molecule dataset: two categorical features of atoms and of bonds, and a number of tasks."""
    return Entry(name, nodes, edges, 2, None, "MIT", origin, source, graphs, tasks)


def _net(name: str, graphs: int, nodes: float, edges: float, tasks: int, source: MoleculeFile) -> Entry:
    return _molecules(name, graphs, nodes, edges, tasks, _MOLECULENET, source)


def _zinc(name: str, graphs: int, nodes: float, edges: float, file: str, digest: str) -> Entry:
    source = MoleculeFile(f"zinc_moses/{file}.csv.gz", frozenset({digest}), Layout("SMILES"), split="none")
    return _molecules(name, graphs, nodes, edges, None, _MOSES, source)


def _tu(name: str, graphs: int, nodes: float, edges: float, features: int, classes: int) -> Entry:
    """Entry of a TU Dortmund dataset; the node degree is the feature where there are no node labels."""
    source = TUFiles(name, TU_DIGESTS.get(name, {}))
    return Entry(canonical(name), nodes, edges, features, classes, "none stated", _TU, source, graphs)


def _egos(name: str, kind: str, tasks: int | None) -> Entry:
    """Entry of ego networks of proteins; sizes are not known, because the reader was not run on the real files."""
    return Entry(name, None, None, 1, None, "none stated", _PPI, EgoFile(kind), None, tasks)


COLLECTIONS = (
    _net("bbbp", 2039, 24.1, 26.0, 1, moleculenet("bbbp", "BBBP.csv", _BBBP, labels=("p_np",), canonical=True)),
    _net("tox21", 7823, 18.6, 19.3, 12, moleculenet("tox21", "tox21.csv", _TOX21)),
    _net("toxcast", 8597, 18.8, 19.2, 617, moleculenet("toxcast", "toxcast_data.csv", _TOXCAST, canonical=True)),
    _net("sider", 1427, 33.6, 35.4, 27, moleculenet("sider", "sider.csv")),
    _net("clintox", 1477, 26.2, 27.9, 2, moleculenet("clintox", "clintox.csv", _CLINTOX, canonical=True)),
    _net("muv", 93087, 24.2, 26.3, 17, moleculenet("muv", "muv.csv", _MUV)),
    _net("hiv", 41119, 25.5, 27.5, 1, moleculenet("hiv", "HIV.csv", _HIV, labels=("HIV_active",))),
    _net("bace", 1513, 34.1, 36.9, 1, moleculenet("bace", "bace.csv", column="mol", labels=("Class",))),
    _net("esol", 1128, 13.3, 13.7, 1, moleculenet("esol", "delaney-processed.csv", _ESOL, labels=(_SOLUBILITY,))),
    _net("freesolv", 642, 8.7, 8.4, 1, moleculenet("freesolv", "SAMPL.csv", _FREESOLV, labels=("expt",))),
    _net("lipo", 4200, 27.0, 29.5, 1, moleculenet("lipo", "Lipophilicity.csv", _LIPO, labels=("exp",))),
    _zinc("zinc-moses", 1584663, 21.6, 23.2, "train", _TRAIN),
    _zinc("zinc-moses-test", 176074, 21.6, 23.2, "test", _TEST),
    _zinc("zinc-moses-test-scaffolds", 176225, 21.9, 23.6, "test_scaffolds", _SCAFFOLDS),
    Entry("molecules", None, None, 2, None, "yours", "a file of yours: smiles=my.csv", Embedded(user_molecules)),
    _egos("ppi-ego", "supervised", 40),
    _egos("ppi-ego-unlabelled", "unsupervised", None),
    _tu("MUTAG", 188, 17.9, 19.8, 7, 2),
    _tu("PTC_MR", 344, 14.3, 14.7, 18, 2),
    _tu("ENZYMES", 600, 32.6, 62.1, 3, 6),
    _tu("PROTEINS", 1113, 39.1, 72.8, 3, 2),
    _tu("NCI1", 4110, 29.9, 32.3, 37, 2),
    _tu("NCI109", 4127, 29.7, 32.1, 38, 2),
    _tu("DD", 1178, 284.3, 715.7, 89, 2),
    _tu("AIDS", 2000, 15.7, 16.2, 38, 2),
    _tu("Mutagenicity", 4337, 30.3, 30.8, 14, 2),
    _tu("IMDB-BINARY", 1000, 19.8, 96.5, 1, 2),
    _tu("IMDB-MULTI", 1500, 13.0, 65.9, 1, 3),
    _tu("COLLAB", 5000, 74.5, 2457.2, 1, 3),
)
