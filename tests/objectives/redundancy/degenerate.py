"""Views that a loss on the covariances of columns has to bear."""

import torch

DEGENERATE = {
    "one row": torch.tensor([[1.0, -2.0, 0.0]]),
    "two equal rows": torch.tensor([[0.1, -2.0, 0.0]]).expand(2, 3),
    "many equal rows": torch.tensor([[0.1, 1e6 / 3, -1e-6 / 7]]).expand(10_001, 3),
    "rows of zeros": torch.zeros(4, 3),
    "rank one": torch.outer(torch.arange(5.0), torch.tensor([1.0, -3.0, 0.0])),
    "more columns than rows": torch.eye(3, 7),
    "half constant": torch.tensor([[7.0, 1.0], [7.0, 2.0], [7.0, 4.0]]),
}
