"""Colours stay apart on both pages, also for colour-blind eyes."""

import numpy as np
import pytest

from graphcl.bench.report.palette import DARK, LIGHT

VIEWS = {  # of linear RGB, at full severity [Machado, Oliveira, Fernandes, IEEE TVCG 2009]
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def linear(colours):
    values = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_colours_differ_to_every_eye(colours, view):
    seen = np.clip(linear(colours) @ np.transpose(VIEWS[view]), 0, 1)
    lab = np.cbrt(seen @ np.transpose(CONES)) @ np.transpose(OKLAB)
    distances = np.linalg.norm(lab[:, None] - lab, axis=-1)[np.triu_indices(len(lab), 1)]
    assert len(colours) >= 15
    assert distances.min() > (0.11 if view == "usual" else 0.09)


@pytest.mark.parametrize(("colours", "page"), [(LIGHT, 1.0), (DARK, 0.006)], ids=["light", "dark"])
def test_colours_differ_from_the_page(colours, page):
    luminance = linear(colours) @ [0.2126, 0.7152, 0.0722]
    contrast = (np.maximum(luminance, page) + 0.05) / (np.minimum(luminance, page) + 0.05)
    assert contrast.min() > 1.8
