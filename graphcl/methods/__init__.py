"""Methods, one file each, and the registry of their names for the command line, suites and recipes.

Importing this room imports no method: `DGI`, or `METHODS["dgi"]`, is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

from graphcl.lazy import lazy_names
from graphcl.methods.lookup.registry import METHODS as METHODS
from graphcl.methods.lookup.registry import get as get
from graphcl.methods.lookup.registry import of_kind as of_kind
from graphcl.methods.lookup.registry import register as register

if TYPE_CHECKING:  # what type checkers and editors see; at run time the classes come from the registry
    from graphcl.methods.choosing.choice import Choice as Choice
    from graphcl.methods.choosing.choice import choose_k as choose_k
    from graphcl.methods.choosing.contest import Contest as Contest
    from graphcl.methods.choosing.contest import best_of as best_of
    from graphcl.methods.deep_clusterers.autoencoder_kmeans import AutoencoderKMeans as AutoencoderKMeans
    from graphcl.methods.deep_clusterers.daegc import DAEGC as DAEGC
    from graphcl.methods.deep_clusterers.dfcn import DFCN as DFCN
    from graphcl.methods.deep_clusterers.dgcluster import DGCluster as DGCluster
    from graphcl.methods.deep_clusterers.dink_net import DinkNet as DinkNet
    from graphcl.methods.deep_clusterers.dmon import DMoN as DMoN
    from graphcl.methods.deep_clusterers.magi import MAGI as MAGI
    from graphcl.methods.deep_clusterers.mincut import MinCut as MinCut
    from graphcl.methods.deep_clusterers.neuromap import Neuromap as Neuromap
    from graphcl.methods.deep_clusterers.ns4gc import NS4GC as NS4GC
    from graphcl.methods.deep_clusterers.s3gc import S3GC as S3GC
    from graphcl.methods.deep_clusterers.scgc import SCGC as SCGC
    from graphcl.methods.deep_clusterers.scgc import SCGCStar as SCGCStar
    from graphcl.methods.deep_clusterers.sdcn import SDCN as SDCN
    from graphcl.methods.embedders.afgrl import AFGRL as AFGRL
    from graphcl.methods.embedders.bgrl import BGRL as BGRL
    from graphcl.methods.embedders.cca_ssg import CCASSG as CCASSG
    from graphcl.methods.embedders.dgi import DGI as DGI
    from graphcl.methods.embedders.gbt import GBT as GBT
    from graphcl.methods.embedders.gca import GCA as GCA
    from graphcl.methods.embedders.gcool import GCooL as GCooL
    from graphcl.methods.embedders.gcool_multiplex import GCooLMultiplex as GCooLMultiplex
    from graphcl.methods.embedders.ggd import GGD as GGD
    from graphcl.methods.embedders.grace import GRACE as GRACE
    from graphcl.methods.embedders.graph_mae import GraphMAE as GraphMAE
    from graphcl.methods.embedders.graph_mae2 import GraphMAE2 as GraphMAE2
    from graphcl.methods.embedders.mvgrl import MVGRL as MVGRL
    from graphcl.methods.embedders.prototypes import Prototypes as Prototypes
    from graphcl.methods.embedders.random_gnn import RandomGNN as RandomGNN
    from graphcl.methods.embedders.vicreg import VICReg as VICReg
    from graphcl.methods.lookup.loading import load as load
    from graphcl.methods.pretrainers.attr_masking import AttrMasking as AttrMasking
    from graphcl.methods.pretrainers.context_pred import ContextPred as ContextPred
    from graphcl.methods.pretrainers.dsla import DSLA as DSLA
    from graphcl.methods.pretrainers.edge_pred import EdgePred as EdgePred
    from graphcl.methods.pretrainers.graph_cl import GraphCL as GraphCL
    from graphcl.methods.pretrainers.graph_mae_graphs import GraphMAEGraphs as GraphMAEGraphs
    from graphcl.methods.pretrainers.infograph import InfoGraph as InfoGraph
    from graphcl.methods.pretrainers.infomax import Infomax as Infomax
    from graphcl.methods.pretrainers.joao import JOAO as JOAO
    from graphcl.methods.pretrainers.mvgrl_graphs import MVGRLGraphs as MVGRLGraphs
    from graphcl.methods.pretrainers.simgrace import SimGRACE as SimGRACE
    from graphcl.methods.shallow_clusterers.feature_kmeans import FeatureKMeans as FeatureKMeans
    from graphcl.methods.shallow_clusterers.leiden import Leiden as Leiden
    from graphcl.methods.shallow_clusterers.ms2cag import MS2CAG as MS2CAG
    from graphcl.methods.shallow_clusterers.sagsc import SAGSC as SAGSC
    from graphcl.methods.shallow_clusterers.smooth_kmeans import SmoothKMeans as SmoothKMeans
    from graphcl.methods.shallow_clusterers.ssgc import SSGC as SSGC
    from graphcl.methods.shallow_clusterers.two_view import TwoView as TwoView
else:
    _BESIDE = {
        "choosing.choice": ("Choice", "choose_k"),
        "choosing.contest": ("Contest", "best_of"),
        "lookup.loading": ("load",),
    }
    _CLASSES = METHODS.classes()
    _MODULES = {
        module: tuple(cls for cls, home in _CLASSES.items() if home == module) for module in _CLASSES.values()
    }
    _OTHERS = [name for group in _BESIDE.values() for name in group]
    _NAMES = ("METHODS", "get", "of_kind", "register", *_OTHERS, *_CLASSES)
    __all__ = list(_NAMES)
    __getattr__, _ = lazy_names(
        __name__,
        {**_BESIDE, **{module.removeprefix(f"{__name__}."): group for module, group in _MODULES.items()}},
    )

    def __dir__():
        return sorted(__all__)
