"""How the Linux and the Windows image of one release differ, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import makers
import pytest
from burnish.evidence.parity import page
from burnish.model.base import Base
from burnish.model.image import Target
from burnish.model.lock import Lock, OpenEntry, PythonLock
from burnish.model.parity import Parity, Row
from burnish.model.plan import Layer, LeftOut, Plan
from burnish.model.role import Facts, Named, Role
from burnish.plan.parity import NOT_ASKED, NOT_NAMED, OPEN, parity

ROLES = ("hub", "mkl", "tf")
URL = "https://publisher.test/download"
GONE = LeftOut(
    name="mkl", reason="mkl: no-such-tool", instead="torch's", system=True, roles=("mkl",)
)
DROPPED = LeftOut(
    name="ml/hub", reason="hub: no-upstream-build", instead="Lab", system=True, roles=("hub",)
)
LATER = LeftOut(name="tf", reason="not built here: no index", roles=("tf",), python=("tf@windows",))


def role(name: str, *software: Named) -> Role:
    facts = Facts(software=software, paths=(), support={})
    return Role(name=name, path=Path(name), files={}, variables=frozenset(), facts=facts)


def layer(name: str, *roles: str, downloads: tuple[str, ...] = (), **python: list[str]) -> Layer:
    """A layer with its roles, what they download, and its environment."""
    asked = {"python_requirements": next(iter(python.values()), [])}
    names = tuple(each.replace("__", "@") for each in python)
    return Layer(
        name=name, id=name, parent="", roles=roles, vars=asked, inputs={}, epoch=0,
        python=names, downloads=downloads,
    )  # fmt: skip


def python(**versions: str) -> PythonLock:
    wheels = tuple(makers.wheel(name, version) for name, version in sorted(versions.items()))
    return PythonLock(declared=tuple(versions), python="3.13", epoch=0, wheels=wheels)


def plan(name: str, *layers: Layer, lock: Mapping[str, Any], **values: Any) -> Plan:
    base = Base(
        name=name, os="linux", family="x", distribution="x", architecture="amd64", generation="V2",
        communicator="ssh", levels=(),
    )  # fmt: skip
    return Plan(
        id=name, image=makers.definition(name=name), base=base,
        target=Target(name="local", kind="folder"), layers=layers, levels=(), disk_key="",
        lock=Lock(image=name, **lock), **values,
    )  # fmt: skip


def rows(found: Parity) -> dict[str, Row]:
    return {row.name: row for row in found.rows}


def of_tools(*named: Named, out: tuple[LeftOut, ...] = (), there: tuple[str, ...] = ()) -> Parity:
    """A role whose packages Linux has from an archive, and Windows as downloads."""
    apt = makers.apt_lock("tool")
    debs = tuple(makers.package(f"{each}", "1:2.4.0-3~deb12") for each in ("tool", "other"))
    linux = plan("l", layer("t", "t"), lock={"apt": {"t": replace(apt, packages=debs)}})
    own = () if out else (layer("t", "t", downloads=there),)
    windows = plan("w", *own, lock={}, left_out=out)
    return parity(linux, windows, roles={"t": role("t", *named)})


@pytest.mark.parametrize(
    ("address", "windows", "state"),
    [
        ("tool-2.4.0-win64.zip", "2.4.0", "same"),
        ("tool-2.5.0.exe", "2.5.0", "other"),
        ("v2.4.0/setup.exe", "2.4.0", "same"),
        ("Tool4R_x64.exe", "", "untold"),
    ],
)
def test_a_package_and_an_installer(address: str, windows: str, state: str) -> None:
    named = Named(name="Tool", apt="tool", windows="t.exe")
    found = of_tools(named, there=(f"t.exe {URL}/{address} abc",))
    row = rows(found)["Tool"]
    assert (row.linux, row.windows, row.state) == ("1:2.4.0-3~deb12", windows, state)


@pytest.mark.parametrize(
    ("named", "state", "why", "instead"),
    [
        (Named(name="Other", apt="other"), "untold", NOT_NAMED, ""),
        (
            Named(name="Other", apt="other", instead="a thing"),
            "missing",
            "its publisher has no build",
            "a thing",
        ),
    ],
)
def test_what_a_role_does_not_name_there(named: Named, state: str, why: str, instead: str) -> None:
    row = rows(of_tools(named, there=(f"t.exe {URL}/1.0/t.exe",)))["Other"]
    assert (row.state, row.instead) == (state, instead)
    assert row.why.startswith(why)


def test_a_role_that_windows_lacks() -> None:
    out = LeftOut(name="t", reason="t: licence", instead="WSL", system=True, roles=("t",))
    row = rows(of_tools(Named(name="Tool", apt="tool", windows="t.exe"), out=(out,)))["Tool"]
    assert (row.state, row.why, row.instead) == ("missing", "t: licence", "WSL")
    # a role that names nothing is a row itself
    assert rows(of_tools(out=(out,)))["t"].why == "t: licence"


def test_what_linux_downloads_and_what_windows_alone_has() -> None:
    both, alone = Named(name="Julia", windows="j.zip"), Named(name="Redist", windows="r.exe")
    files = (f"j.zip {URL}/julia-1.2.0-win64.zip", f"r.exe {URL}/14.50/r.exe")
    linux = plan("l", layer("t", "t", downloads=(f"julia.tgz {URL}/julia-1.2.0.tgz",)), lock={})
    windows = plan("w", layer("t", "t", downloads=files), lock={})
    found = rows(parity(linux, windows, roles={"t": role("t", both, alone)}))
    assert (found["Julia"].linux, found["Julia"].state) == ("1.2.0", "same")
    assert (found["Redist"].windows, found["Redist"].state) == ("14.50", "only")


@pytest.mark.parametrize(("layer_", "state"), [("t", "untold"), ("other", "only")])
def test_what_the_lock_of_linux_leaves_open_is_not_on_windows_only(layer_: str, state: str) -> None:
    named = Named(name="Tool", apt="tool", windows="t.exe")
    entry = OpenEntry(section=f"apt:{layer_}", reason="not reached")
    linux = plan("l", layer("t", "t"), lock={}, open=(entry,))
    windows = plan("w", layer("t", "t", downloads=(f"t.exe {URL}/2.4.0/t.exe",)), lock={})
    row = rows(parity(linux, windows, roles={"t": role("t", named)}))["Tool"]
    assert (row.windows, row.state) == ("2.4.0", state)
    assert row.why == ("on Linux its lock leaves it open: apt:t" if state == "untold" else "")


def test_a_distribution_that_a_row_has_already_takes_no_name_twice() -> None:
    old, new = (Named(name="Run", python=each) for each in ("run-cu12", "run"))
    pins = {"a": python(run="13.0"), "b": python(**{"run-cu12": "12.9"})}
    layers = (layer("a", "t", a=["run"]), layer("b", "t", b=["x"]))
    linux = plan("l", *layers, lock={"python": pins})
    other = {"python": {"a@windows": python(run="13.0")}}
    windows = plan("w", layer("a", "t", a__windows=["run"]), lock=other)
    found = rows(parity(linux, windows, roles={"t": role("t", old, new)}))
    assert "Run" not in found
    assert (found["run"].state, found["run-cu12"].state) == ("same", "missing")


def environments(out: tuple[LeftOut, ...] = ()) -> Parity:
    """Two images: one environment of both, one that Windows lacks, one that is left out here."""
    linux = plan(
        "l",
        layer("ml", "python", ml=["a>=1", "b[x]", "--pre", "c", "t==1+cpu", "own", "own-gpu"]),
        layer("mkl", "python", mkl=["m"]),
        layer("tf", "python", tf=["k"]),
        lock={"python": {
            "ml": python(a="1.0", b="2.0", c="3.0", t="1.0+cpu", own="1.0"),
            "mkl": python(m="1.0"), "tf": python(k="1.0"),
        }},
    )  # fmt: skip
    windows = plan(
        "w",
        layer("ml", "python", ml__windows=["a>=1", "b[x]", "t==1", "own-cpu", "z"]),
        lock={"python": {
            "ml@windows": python(a="1.0", b="2.1", t="1.0", z="1.0"), "tf@windows": python(k="1.0"),
        }},
        left_out=(GONE, LATER, *out),
        open=(OpenEntry(section="downloads:t", reason="not reached"),),
    )  # fmt: skip
    return parity(linux, windows, roles={name: role(name) for name in ("python", *ROLES)})


@pytest.mark.parametrize(
    ("name", "state", "why", "instead"),
    [
        ("a", "same", "", ""),
        ("b", "other", "", ""),
        ("c", "missing", NOT_ASKED, ""),
        ("t", "same", "", ""),
        ("own", "missing", NOT_ASKED, "own-cpu"),
        ("own-cpu", "only", "", ""),
        ("z", "only", "", ""),
        ("m", "missing", "mkl: no-such-tool", "torch's"),
        ("k", "same", "", ""),
    ],
)
def test_requirements(name: str, state: str, why: str, instead: str) -> None:
    row = rows(environments())[name]
    assert (row.state, row.why, row.instead) == (state, why, instead)


def test_a_requirement_of_a_role_that_windows_lacks() -> None:
    row = rows(environments((DROPPED,)))["c"]
    assert (row.why, row.instead) == ("hub: no-upstream-build", "Lab")


@pytest.mark.parametrize(
    ("linux", "windows", "instead"),
    [
        ("tensorflow", "tensorflow-cpu", "tensorflow-cpu"),
        ("xgboost-cpu", "xgboost", "xgboost"),
        ("nvcc-cu12", "nvcc-cu13", "nvcc-cu13"),
        # others whose names begin alike
        ("dask", "dask-ml", ""),
        ("scikit-learn-intelex", "scikit-learn", ""),
        ("torch", "torchvision", ""),
    ],
)
def test_only_another_build_stands_in_a_requirements_place(
    linux: str, windows: str, instead: str
) -> None:
    one = plan("l", layer("ml", "p", ml=[linux]), lock={"python": {"ml": python()}})
    other = plan("w", layer("ml", "p", ml__windows=[windows]), lock={})
    row = rows(parity(one, other, roles={"p": role("p")}))[linux]
    assert (row.state, row.why, row.instead) == ("missing", NOT_ASKED, instead)


def test_an_environment_that_is_open() -> None:
    linux = plan("l", layer("ml", "p", ml=["a"]), lock={"python": {"ml": python(a="1.0")}})
    windows = plan("w", layer("ml", "p", ml__windows=["a"]), lock={})
    row = rows(parity(linux, windows, roles={"p": role("p")}))["a"]
    assert (row.state, row.why) == ("untold", OPEN)


def test_every_wheel_is_counted() -> None:
    ml, tf = environments().wheels
    assert (ml.environment, ml.same, ml.other, ml.linux, ml.windows) == ("ml", 2, 1, 2, 1)
    assert (tf.environment, tf.same) == ("tf", 1)


def test_the_page_for_people() -> None:
    text = page(environments())
    assert text.startswith("10 rows: 3 same version, 1 other version, 4 not on Windows, 2 on Win")
    assert (
        "| m | environment mkl | 1.0 | - | not on Windows | mkl: no-such-tool; instead: tor" in text
    )
    assert "| ml | 2 | 1 | 2 | 1 |" in text
    assert "- open: w: downloads:t: not reached\n- open: w: layer tf: not built here: no in" in text
