"""R works for a normal user: packages, models, plots, reports, notebooks, apps, own packages."""

from __future__ import annotations

import re

import pytest
from harness.certified import LONGLEY
from harness.facts import Environment, Facts
from harness.tree import Tree
from harness.work import Work

R = ["/usr/bin/Rscript"]
NAMES = (
    *("(Intercept)", "GNP.deflator", "GNP", "Unemployed", "Armed.Forces", "Population", "Year"),
)
# Venables and Ripley, Modern Applied Statistics with S, 4th edition, section 7.2.
BUDWORM = {"(Intercept)": -2.9935, "sexM": 0.1750, "ldose": 0.9060, "sexM:ldose": 0.3529}
# What people look for in any R; more depends on the release (roles/r/README.md).
WANTED = frozenset(
    {
        "DBI",
        "IRkernel",
        "RSQLite",
        "caret",
        "cluster",
        "data.table",
        "devtools",
        "doParallel",
        "ggplot2",
        "glmnet",
        "glue",
        "knitr",
        "lme4",
        "patchwork",
        "plotly",
        "randomForest",
        "ranger",
        "recipes",
        "reticulate",
        "rmarkdown",
        "scales",
        "shiny",
        "testthat",
        "tidyverse",
    }
)
# Those of the DSVM's own list that some release lacks: package -> releases whose archive has none.
UNLESS = {
    "clock": {"jammy"},
    "factoextra": {"trixie", "noble", "resolute"},
    "here": {"jammy"},
    "palmerpenguins": {"jammy"},
    "skimr": {"jammy"},
    "statip": {"jammy"},
}


@pytest.mark.levels("container", "vm", "azure")
def test_each_package_loads(work: Work, facts: Facts) -> None:
    report = work("packages.R", interpreter=R)
    extra = {each["name"]: str(each["version"]) for each in facts.variable("r_packages_extra")}
    assert report["failed"] == {}
    released = {name for name, lacking in UNLESS.items() if facts.release not in lacking}
    assert WANTED | released | extra.keys() <= report["versions"].keys()
    assert (report["differ"], report["missing"]) == ([], []), "R and dpkg tell different versions"
    assert report["debs"] > 150
    assert {name: report["versions"][name] for name in extra} == extra
    local = {name for name, place in report["libraries"].items() if place.startswith("/usr/local")}
    assert local == extra.keys()


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_statistics_are_right(work: Work) -> None:
    report = work("stats.R", interpreter=R)
    assert report["longley"] == pytest.approx(dict(zip(NAMES, LONGLEY, strict=True)), rel=1e-6)
    assert report["r_squared"] == pytest.approx(0.995479004577296, rel=1e-9)
    # Student's sleep data, as R's own page of t.test has them
    assert report["t"] == pytest.approx(-1.8608, abs=1e-4)
    assert (report["df"], report["p"]) == (
        pytest.approx(17.776, abs=1e-3),
        pytest.approx(0.07939, abs=1e-5),
    )
    assert report["logit"] == pytest.approx(BUDWORM, abs=1e-4)
    assert report["deviance"] == pytest.approx(4.9937, abs=1e-4)
    # Bates and others, Journal of Statistical Software 67 (2015), number 1, section 1.1
    assert report["mixed"] == {
        "(Intercept)": pytest.approx(251.405, abs=1e-3),
        "Days": pytest.approx(10.467, abs=1e-3),
    }
    assert report["spread"] == pytest.approx([24.740, 5.922, 25.592], abs=2e-3)


@pytest.mark.levels("container", "vm", "azure")
def test_models_learn(work: Work) -> None:
    report = work("learn.R", interpreter=R)
    models = report["models"]
    assert {name for name, row in models.items() if row["accuracy"] > 0.9} == {
        "caret", "randomForest", "ranger",
    }, models  # fmt: skip
    assert all(row["same"] for row in models.values()), "a saved model predicts otherwise"
    assert report["glmnet_off"] < 1e-5, "without a penalty glmnet is least squares"
    assert report["kept"] == [1, 2]


@pytest.mark.levels("container", "vm", "azure")
def test_tables_agree(work: Work) -> None:
    report = work("frames.R", interpreter=R)
    expected = [{"land": "BW", "sum": 4, "rows": 2}, {"land": "NW", "sum": 2, "rows": 2}]
    assert report["dplyr"] == expected
    assert report["data.table"] == expected
    assert report["sqlite"] == expected
    assert report["long"] == [4]


@pytest.mark.levels("container", "vm", "azure")
def test_plots_have_pixels(work: Work) -> None:
    report = work("plot.R", interpreter=R)
    assert report["shape"] == [240, 320, 3]
    assert report["colours"] > 50
    assert report["red"] > 2_000


@pytest.mark.levels("container", "vm", "azure")
def test_a_report_is_rendered(work: Work) -> None:
    report = work("report.R", interpreter=R)
    assert report == {"title": True, "slope": "3.9324", "picture": True, "code": True}


@pytest.mark.levels("container", "vm", "azure")
def test_the_kernel_answers(work: Work, facts: Facts) -> None:
    cells = ["cat(41 + 1)", "plot(1:3)", "invisible(0); 2 ^ 5", "stop('no')"]
    report = work("r_kernel.R", *cells, interpreter=R)
    assert (report["language"], report["program"]) == ("R", facts.kernels["ir"])
    text, picture, value, error = report["outputs"]
    assert text == ["42"]
    assert picture == ["image/png text/plain"]
    assert "text/plain" in value[0]
    assert error[0].startswith("ERROR Error")
    assert error[0].endswith(": no\n")


@pytest.mark.needs("nbclient", "nbformat", kernel=True)
@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure")
def test_a_notebook_runs_in_the_kernel(work: Work, environment: Environment, facts: Facts) -> None:
    cells = ["library(dplyr)\nx <- tibble(n = 1:4)", "cat(summarise(x, sum(n))[[1]], R.home())"]
    report = work("notebook.py", "ir", *cells, interpreter=[environment.python])
    assert report["outputs"][1] == "10 /usr/lib/R"
    assert report["kernels"]["ir"] == facts.kernels["ir"]


@pytest.mark.levels("container", "vm", "azure")
def test_an_app_is_served(work: Work) -> None:
    report = work("shiny.py", interpreter=["/usr/bin/python3"])
    assert report == {
        "status": 200,
        "title": True,
        "own_scripts": True,
        "websocket": 101,
        "values": ["square: 9", "square: 144"],
    }


@pytest.mark.levels("container", "vm", "azure")
def test_users_install_into_their_own_library(work: Work) -> None:
    report = work("own_library.R", interpreter=R)
    assert report["listed"] == 1, report["built"]
    assert report["used"][:2] == ["42", "11"], report["said"]
    assert report["used"][3] == "1.2.3"
    assert report["in_own"]
    assert report["elsewhere"] == []


@pytest.mark.levels("container", "vm", "azure")
def test_r_starts_as_it_was_set_up(work: Work, facts: Facts) -> None:
    report = work("settings.R", interpreter=R)
    assert report["repository"] == facts.variable("r_repository")
    named = re.escape(report["version"])
    assert re.fullmatch(rf"R/{named} R \({named} \S+ \S+ linux-gnu\)", report["agent"])
    assert report["python"] == facts.variable("r_reticulate_python")
    assert report["zone"] == facts.variable("base_timezone")
    assert report["said"] == []
    assert report["search"][0] == report["own"]
    assert report["none"]["made"] == [], "NULL was taken for a folder"
    assert report["several"] == {"first": "one", "made": ["one"]}
    assert report["writable"] == [], "a user could change everybody's packages"
    assert (report["png"], report["cairo"]) == (True, True)
    other = work("settings.R", interpreter=["env", "RETICULATE_PYTHON=/usr/bin/python3", *R])
    assert other["python"] == "/usr/bin/python3", "a user's own choice does not count"


@pytest.mark.needs(default=True)
@pytest.mark.levels("container", "vm", "azure")
def test_reticulate_finds_the_default_environment(work: Work, environment: Environment) -> None:
    report = work("reticulate.R", interpreter=R)
    assert (report["python"], report["prefix"]) == (environment.python, environment.prefix)
    assert (report["root"], report["words"]) == (42, [1, 2, 3])
    release = tuple(int(part) for part in report["version"].split(".")[:2])
    if release >= (1, 38):
        assert (report["determinant"], report["sum"]) == (pytest.approx(5), 10)
    else:  # older than numpy 2, as roles/r/README.md says: it must say so, not crash
        assert "NumPy" in report["determinant"]


@pytest.mark.levels("artifact")
def test_the_disk_keeps_r(tree: Tree, facts: Facts) -> None:
    files = [each for place in ("/usr/lib/R", "/etc/R") for each in tree.glob(f"{place}/*")]
    assert len(files) > 5000
    assert "/usr/local/share/jupyter/kernels/ir/kernel.json" in tree
    plain = [each for each in files if each.type != "symlink"]
    assert [each.path for each in plain if each.uid or each.mode & 0o022] == []
    assert [each.path for each in files if each.mtime > facts.epoch] == []
