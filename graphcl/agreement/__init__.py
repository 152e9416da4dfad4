"""Internal clustering criterion J, without labels: agreement of clusters with node features and edges."""

from graphcl.agreement.agreement import Agreement
from graphcl.agreement.consensus import consensus, pairwise_nmi
from graphcl.agreement.criterion import Criterion
from graphcl.agreement.edges import EdgeView
from graphcl.agreement.refinement import Refinement, Solution
from graphcl.agreement.ridge import CrossFittedRidge
from graphcl.agreement.views import Views, two_views

__all__ = [
    "Agreement",
    "Criterion",
    "CrossFittedRidge",
    "EdgeView",
    "Refinement",
    "Solution",
    "Views",
    "consensus",
    "pairwise_nmi",
    "two_views",
]
