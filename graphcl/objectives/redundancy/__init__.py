"""Redundancy reduction between two views: losses on the covariances of columns, without negatives.

CCA-SSG, Barlow Twins and VICReg. Time is O(n d^2) and memory O(n d + d^2) for n rows of width d.
"""

from graphcl.objectives.redundancy.barlow_twins import BarlowTwinsTerms, barlow_twins, barlow_twins_terms
from graphcl.objectives.redundancy.cca import CCATerms, cca_ssg, cca_ssg_terms
from graphcl.objectives.redundancy.columns import standardise_columns
from graphcl.objectives.redundancy.vicreg import VICRegTerms, vicreg, vicreg_terms

__all__ = [
    "BarlowTwinsTerms",
    "CCATerms",
    "VICRegTerms",
    "barlow_twins",
    "barlow_twins_terms",
    "cca_ssg",
    "cca_ssg_terms",
    "standardise_columns",
    "vicreg",
    "vicreg_terms",
]
