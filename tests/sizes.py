"""How large the tensors get that a computation makes, forward and backward."""

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class LargestTensor(TorchDispatchMode):
    """While active, `numel` counts the largest tensor that any operation returned; of a sparse one, its values."""

    numel = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        tensors = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        sizes = [(t if t.layout == torch.strided else t.values()).numel() for t in tensors]
        self.numel = max([self.numel, *sizes])
        return result


class LargestNewTensor(TorchDispatchMode):
    """While active, `numel` counts the largest tensor that is no view of what it was made from."""

    numel = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        given, made = (
            [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)] for tree in ((args, kwargs), result)
        )
        known = {tensor.untyped_storage().data_ptr() for tensor in given}
        own = [tensor.numel() for tensor in made if tensor.untyped_storage().data_ptr() not in known]
        self.numel = max([self.numel, *own])
        return result
