"""A GPU for tests on machines that have none: it computes on the CPU, and is as strict as a real one.

Its tensors live on a device of their own. As on CUDA, an operation takes tensors of one place only: one that mixes them
fails in the same words, NumPy does not get at them, and what was not moved stays behind. `install()` makes
`grader.pick_device()` choose it, and the Trainer too.
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_iter, tree_map_only
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

NAME = "pretended"
count = 0  # operations that ran there
aten = torch.ops.aten
# What CUDA too takes from two places: copies, and what a row is chosen with.
CROSSING = {aten._to_copy.default, aten.copy_.default, aten.index.Tensor, aten.index_put_.default}


class OnGpu(torch.Tensor):
    """A tensor that says it is on the GPU; `inner` is where its numbers are."""

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> OnGpu:
        place = {"dtype": inner.dtype, "layout": inner.layout, "device": torch.device(NAME, 0)}
        return torch.Tensor._make_wrapper_subclass(
            cls, inner.size(), strides=inner.stride(), storage_offset=inner.storage_offset(), **place
        )

    def __init__(self, inner: torch.Tensor) -> None:
        self.inner = inner

    __torch_function__ = torch._C._disabled_torch_function_impl

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def untyped_storage(self) -> torch.UntypedStorage:  # saving asks it whether two tensors are one
        return self.inner.untyped_storage()

    def data_ptr(self) -> int:
        return self.inner.data_ptr()

    def __reduce_ex__(self, protocol: int) -> Any:  # a file holds the numbers; who loads it says where they go
        return self.inner.__reduce_ex__(protocol)

    def __repr__(self, **_: Any) -> str:
        return repr(self.inner)[:-1] + f", device='{NAME}:0')"

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return run(func, args, kwargs or {})


class Factories(TorchDispatchMode):
    """What makes a tensor out of none: on the GPU if that is asked for."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if is_gpu(kwargs.get("device")) or any(isinstance(leaf, OnGpu) for leaf in tree_iter((args, kwargs))):
            return run(func, args, kwargs)
        return func(*args, **kwargs)


class FromData(TorchFunctionMode):
    """`torch.tensor` and its like move what they made without asking any mode below this one."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func in (torch.tensor, torch.as_tensor) and is_gpu(kwargs.get("device")):
            return func(*args, **kwargs | {"device": "cpu"}).to(kwargs["device"])
        if func is torch.Tensor.pin_memory:  # a faster way to a real GPU; here it would ask the device for memory
            return args[0]
        if func is torch.Tensor.new_tensor and isinstance(args[0], OnGpu):
            return torch.tensor(args[1], dtype=kwargs.get("dtype", args[0].dtype)).to(
                kwargs.get("device", args[0].device)
            )
        return func(*args, **kwargs)


class Backend(_DummyBackendModule):
    """What PyTorch asks a kind of device for mixed precision."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16]


def run(func: Any, args: Any, kwargs: dict) -> Any:
    given = [leaf for leaf in tree_iter((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    there = [tensor for tensor in given if isinstance(tensor, OnGpu)]
    # A single number may come from anywhere, as on CUDA.
    here = [tensor for tensor in given if not isinstance(tensor, OnGpu) and tensor.dim() > 0]
    if there and here and func not in CROSSING:
        raise RuntimeError(f"Expected all tensors to be on the same device, but found {NAME}:0 and cpu in {func}")
    asked = kwargs.get("device")
    goes_there = is_gpu(asked) if asked is not None else isinstance(given[0], OnGpu) if given else False
    plain_args, plain_kwargs = tree_map_only(OnGpu, lambda tensor: tensor.inner, (args, kwargs))
    if asked is not None:
        plain_kwargs["device"] = torch.device("cpu") if is_gpu(asked) else asked
    result = func(*plain_args, **plain_kwargs)
    if not goes_there:
        return result
    global count
    count += 1
    return return_and_correct_aliasing(func, args, kwargs, tree_map_only(torch.Tensor, OnGpu, result))


def is_gpu(device: Any) -> bool:
    return device is not None and torch.device(device).type == NAME


def install() -> None:
    """From now on this process has a GPU: `grader.pick_device()` chooses it, and so does what the Trainer stands on."""
    import grader.learning.devices

    _setup_privateuseone_for_python_backend(NAME, Backend())
    Factories().__enter__()
    FromData().__enter__()
    device = torch.device(NAME, 0)
    grader.learning.devices.pick_device = lambda choice=None: device
    os.environ["ACCELERATE_TORCH_DEVICE"] = str(device)  # the Trainer and Accelerate take it from there
    # Other processes have no such GPU. (To a real one nobody is led by a variable.)
    os.register_at_fork(after_in_child=lambda: os.environ.pop("ACCELERATE_TORCH_DEVICE", None))
