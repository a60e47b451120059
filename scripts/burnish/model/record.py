"""`LayerRecord`: what the store knows of a built layer; `DiskRecord`: of a built disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class LayerRecord:
    """A layer that was built. `diff_ids` are the digests of its image's layers, base first.

    `definition` names the burnish image that it was built for; `seconds` is what the build took,
    `size` what the layer added, in bytes; `tasks` the seconds of each task that took one or more;
    `reused` the products that an earlier build had made, `products` the keys of all that it has.
    """

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    name: str
    image: str
    inputs: Mapping[str, str]
    diff_ids: tuple[str, ...]
    seconds: float
    size: int
    definition: str = ""
    tasks: Mapping[str, float] = field(default_factory=dict)
    reused: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DiskRecord:
    """A disk in the store: file name -> sha256 and sizes; `tar` the digest of the tree inside.

    `raw_sha256` is of the whole logical disk; `seconds` per step; `written` the text files
    that finalise made, by path; `image` the id of the top layer's image, whose files it has.
    """

    __pydantic_config__ = {"extra": "forbid"}

    key: str
    raw_sha256: str
    tar_sha256: str
    epoch: int
    files: Mapping[str, str]
    sizes: Mapping[str, int]
    seconds: Mapping[str, float] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    image: str = ""
