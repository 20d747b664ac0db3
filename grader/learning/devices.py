"""The one place that chooses a device: notebooks and checks ask here and never name one themselves."""

from __future__ import annotations

from typing import Any

from grader.settings import device_choice


class DeviceError(RuntimeError):
    """A device was asked for that this machine does not have."""


def pick_device(choice: str | None = None) -> Any:
    """The `torch.device` to compute on.

    `choice` (default: the variable COURSE_DEVICE) is `auto`, `cpu`, `cuda` or `mps`; `auto` takes a GPU if there is
    one.
    Raises `DeviceError` when the device that was asked for is not there.
    """
    import torch

    choice = choice or device_choice()
    available = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    if choice == "auto":
        choice = next((name for name, is_there in available.items() if is_there()), "cpu")
    elif choice in available and not available[choice]():
        raise DeviceError(
            f"DEVICE={choice} was asked for, but PyTorch {torch.__version__} sees no {choice} device on this machine. "
            "Nothing was run. Use DEVICE=cpu, or install a PyTorch build and a driver for your GPU."
        )
    return torch.device(choice)


def precision_flags(device: Any) -> dict[str, bool]:
    """The mixed precision that pays on a device, as arguments for `TrainingArguments`; none where it would not pay.

    A CPU without bfloat16 units computes it in software, several times slower than float32.
    """
    import torch

    if device.type == "cuda":
        # A card before Ampere would only emulate it.
        return {"bf16": True} if torch.cuda.is_bf16_supported(including_emulation=False) else {"fp16": True}
    # Older PyTorch cannot tell what its CPU can do; float32 is right everywhere.
    can = getattr(torch.cpu, "get_capabilities", dict)()
    return {"bf16": True} if device.type == "cpu" and (can.get("avx512_bf16") or can.get("amx_bf16")) else {}
