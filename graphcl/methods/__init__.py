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
    from graphcl.methods.attr_masking import AttrMasking as AttrMasking
    from graphcl.methods.autoencoder_kmeans import AutoencoderKMeans as AutoencoderKMeans
    from graphcl.methods.cca_ssg import CCASSG as CCASSG
    from graphcl.methods.choosing.choice import Choice as Choice
    from graphcl.methods.choosing.choice import choose_k as choose_k
    from graphcl.methods.choosing.contest import Contest as Contest
    from graphcl.methods.choosing.contest import best_of as best_of
    from graphcl.methods.context_pred import ContextPred as ContextPred
    from graphcl.methods.daegc import DAEGC as DAEGC
    from graphcl.methods.dfcn import DFCN as DFCN
    from graphcl.methods.dgcluster import DGCluster as DGCluster
    from graphcl.methods.dgi import DGI as DGI
    from graphcl.methods.dink_net import DinkNet as DinkNet
    from graphcl.methods.dmon import DMoN as DMoN
    from graphcl.methods.dsla import DSLA as DSLA
    from graphcl.methods.edge_pred import EdgePred as EdgePred
    from graphcl.methods.feature_kmeans import FeatureKMeans as FeatureKMeans
    from graphcl.methods.gca import GCA as GCA
    from graphcl.methods.gcool import GCooL as GCooL
    from graphcl.methods.gcool_multiplex import GCooLMultiplex as GCooLMultiplex
    from graphcl.methods.ggd import GGD as GGD
    from graphcl.methods.grace import GRACE as GRACE
    from graphcl.methods.graph_cl import GraphCL as GraphCL
    from graphcl.methods.graph_mae_graphs import GraphMAEGraphs as GraphMAEGraphs
    from graphcl.methods.infograph import InfoGraph as InfoGraph
    from graphcl.methods.infomax import Infomax as Infomax
    from graphcl.methods.joao import JOAO as JOAO
    from graphcl.methods.leiden import Leiden as Leiden
    from graphcl.methods.lookup.loading import load as load
    from graphcl.methods.magi import MAGI as MAGI
    from graphcl.methods.mincut import MinCut as MinCut
    from graphcl.methods.ms2cag import MS2CAG as MS2CAG
    from graphcl.methods.neuromap import Neuromap as Neuromap
    from graphcl.methods.ns4gc import NS4GC as NS4GC
    from graphcl.methods.random_gnn import RandomGNN as RandomGNN
    from graphcl.methods.s3gc import S3GC as S3GC
    from graphcl.methods.sagsc import SAGSC as SAGSC
    from graphcl.methods.scgc import SCGC as SCGC
    from graphcl.methods.scgc import SCGCStar as SCGCStar
    from graphcl.methods.sdcn import SDCN as SDCN
    from graphcl.methods.simgrace import SimGRACE as SimGRACE
    from graphcl.methods.smooth_kmeans import SmoothKMeans as SmoothKMeans
    from graphcl.methods.ssgc import SSGC as SSGC
    from graphcl.methods.two_view import TwoView as TwoView
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
