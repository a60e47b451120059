"""The wheels' key names what they are made of: compilers, headers, MKL, sources; and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial

import pytest
import yaml
from burnish.catalog.load import load
from burnish.catalog.locks import load_lock
from burnish.model.catalog import Catalog
from burnish.model.lock import AptLock, Lock
from burnish.stages import planning
from checkout import REPOSITORY

IMAGE = "debian-12-mkl-numpy"
# What the layer brings beside: of a package's documents and dependencies, no compiler reads them.
BESIDE = ("libexpat1-dev", "libjs-*", "linux-libc-dev", "zlib1g-dev")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load([REPOSITORY])


@pytest.fixture(scope="module")
def lock() -> Lock:
    path = REPOSITORY / f"packer/locks/{IMAGE}.lock.yaml"
    return load_lock(path, image=IMAGE, shown=str(path))


def key(catalog: Catalog, lock: Lock) -> str:
    plan = planning.plan(catalog, catalog.images[IMAGE], lock=lock)
    (product,) = [each for layer in plan.layers for each in layer.products]
    return product.key


def with_newer(lock: Lock, name: str) -> Lock:
    """The lock, with a newer version of a package wherever it stands."""

    def newer(section: AptLock) -> AptLock:
        packages = tuple(
            replace(each, version=f"{each.version}+new") if each.name == name else each
            for each in section.packages
        )
        return replace(section, packages=packages)

    assert lock.rootfs
    sections = {layer: newer(section) for layer, section in lock.apt.items()}
    moved = replace(lock, rootfs=newer(lock.rootfs), apt=sections)
    assert moved != lock, f"the lock has no {name}"
    return moved


@pytest.mark.parametrize("name", ["openssl", "libssl3", "r-base-core", "linux-libc-dev", "tzdata"])
def test_a_fix_of_something_else_leaves_it(catalog: Catalog, lock: Lock, name: str) -> None:
    assert key(catalog, with_newer(lock, name)) == key(catalog, lock)


@pytest.mark.parametrize(
    "name", ["gcc-12", "gfortran-12", "libc6", "libpython3.11-dev", "binutils"]
)
def test_another_compiler_or_header_moves_it(catalog: Catalog, lock: Lock, name: str) -> None:
    assert key(catalog, with_newer(lock, name)) != key(catalog, lock)


def another_environment(name: str, lock: Lock) -> Lock:
    """The lock, with other wheels in one environment."""
    wheels = tuple(replace(each, sha256="0" * 64) for each in lock.python[name].wheels)
    return replace(lock, python={**lock.python, name: replace(lock.python[name], wheels=wheels)})


def another_source(lock: Lock) -> Lock:
    section = lock.downloads["mkl-numpy"]
    files = tuple(replace(each, sha256="0" * 64) for each in section.files)
    return replace(lock, downloads={**lock.downloads, "mkl-numpy": replace(section, files=files)})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(partial(another_environment, "mkl"), id="MKL"),
        pytest.param(partial(another_environment, "build"), id="Cython and the like"),
        another_source,
    ],
)
def test_another_input_moves_it(
    catalog: Catalog, lock: Lock, change: Callable[[Lock], Lock]
) -> None:
    assert key(catalog, change(lock)) != key(catalog, lock)


def test_the_environment_that_is_given_the_wheels_does_not(catalog: Catalog, lock: Lock) -> None:
    assert key(catalog, another_environment("ml", lock)) == key(catalog, lock)


def test_every_package_of_the_layer_is_named_or_known_to_stand_beside(lock: Lock) -> None:
    text = (REPOSITORY / "roles/numpy_mkl/vars/main.yml").read_text("utf-8")
    (product,) = yaml.safe_load(text)["__numpy_mkl_products"]
    known = (*product["packages"], *BESIDE)
    brought = [package.name for package in lock.apt["mkl-numpy"].packages]
    assert [name for name in brought if not any(fnmatchcase(name, each) for each in known)] == []
