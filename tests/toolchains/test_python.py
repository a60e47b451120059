"""A Python environment works for a normal user: imports, models, tables, plots, notebooks."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from harness import loaded, pools
from harness.certified import LONGLEY
from harness.facts import Environment, Facts
from harness.tree import Tree
from harness.work import Work

NAMES = ("const", "GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR")
# MLflow is published as a whole and as its parts, whose files are the same bytes: `wrong` says so.
MLFLOW = {"mlflow", "mlflow-skinny", "mlflow-tracing"}
EMPTY = "/site-packages/nvidia/__init__.py"  # of each of NVIDIA's wheels of CUDA 12; as above
# Files in the syntax of a newer Python, which an older one cannot import or compile.
NEWER = {"torch/testing/_internal/py312_intrinsics.py"}


@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_each_requirement_imports(
    work: Work, environment: Environment, level: str, record: Callable[[str], None]
) -> None:
    wanted = loaded.wanted(environment, level=level)
    report = work("imports.py", json.dumps(wanted), interpreter=[environment.python])
    record(loaded.told(environment, report["requirements"], level=level))
    assert loaded.failed(environment, report["requirements"], level=level) == {}
    assert report["prefix"] == environment.prefix


@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_the_lock_is_what_is_installed(work: Work, environment: Environment) -> None:
    report = work("imports.py", "{}", interpreter=[environment.python])
    assert report["versions"] == environment.versions


@pytest.mark.levels("container", "vm", "azure")
def test_files_are_their_packages(work: Work, environment: Environment) -> None:
    report = work("files.py", interpreter=[environment.python])
    own_kernel = [path for path in report["missing"] if path.startswith("share/jupyter/kernels/")]
    assert report["distributions"] == len(environment.locked)
    shared = {path: names for path, names in report["shared"].items() if not path.endswith(EMPTY)}
    assert all(set(names) <= MLFLOW for names in shared.values()), shared
    assert report["wrong"] == [], "files that differ from their package's RECORD"
    assert report["missing"] == own_kernel, "files that their package's RECORD names"
    assert (report["writable"], report["unreadable"]) == ([], []), "users change, or can't read"
    assert report["dated"] == [], "when a wheel's file was made: the next build would differ"
    assert report["pip_check"] == "No broken requirements found."


@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_a_cpu_image_holds_no_cuda(work: Work, environment: Environment, facts: Facts) -> None:
    versions = work("imports.py", "{}", interpreter=[environment.python])["versions"]
    assert facts.flavour != "cpu" or not any(name.startswith("nvidia-") for name in versions)


@pytest.mark.needs("torch|tensorflow|tensorflow-cpu|xgboost|xgboost-cpu|lightgbm")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_builds_are_what_the_table_says(
    work: Work, environment: Environment, unlike_the_table: Callable[..., tuple[str, ...]]
) -> None:
    report = work("builds.py", interpreter=[environment.python])
    assert unlike_the_table(report) == ()


@pytest.mark.levels("container", "vm", "azure")
def test_no_import_compiles_again(work: Work, environment: Environment) -> None:
    modules = [name for name in ("pandas", "torch", "jupyterlab") if environment.has(name)]
    report = work("bytecode.py", *(modules or ["pip"]), interpreter=[environment.python])
    assert report["checked"] > 100
    assert (report["absent"], report["stale"], report["not_unchecked"]) == ([], [], [])
    assert set(report["newer"]) <= NEWER, "files that this Python cannot read"
    assert report["from_cache"] > (100 if modules else 1)
    assert (report["returncode"], report["compiled_anew"]) == (0, [])


@pytest.mark.needs("lightgbm", "numpy", "scikit-learn", "xgboost|xgboost-cpu")
@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_models_learn(work: Work, environment: Environment, facts: Facts) -> None:
    report = work("learn.py", interpreter=[environment.python])
    cuda = report.pop("xgboost_cuda")
    least = {"logistic": 0.94, "forest": 0.94, "xgboost": 0.94, "lightgbm": 0.94}
    assert {name: row["accuracy"] >= least[name] for name, row in report.items()} == dict.fromkeys(
        least, True
    ), report
    assert all(row["same_after_reload"] for row in report.values()), report
    assert not cuda or facts.flavour != "cpu"


@pytest.mark.needs("pandas", "polars", "pyarrow")
@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_tables_survive_parquet(work: Work, environment: Environment) -> None:
    report = work("frames.py", interpreter=[environment.python])
    sums = {"Ulm": 17.0, "Köln": 27.333333}  # the missing price becomes the mean, 13.75 / 3
    assert report["equal"]
    assert (report["rows"], report["columns"]) == (4, ["day", "town", "price", "count"])
    assert report["polars"] == report["pandas"] == sums


@pytest.mark.needs("numpy", "scipy", "statsmodels")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_statistics_are_right(work: Work, environment: Environment) -> None:
    report = work("stats.py", interpreter=[environment.python])
    assert report["longley"] == pytest.approx(dict(zip(NAMES, LONGLEY, strict=True)), rel=1e-6)
    assert report["r_squared"] == pytest.approx(0.995479004577296, rel=1e-9)
    assert report["t"] == pytest.approx(-1.8830, abs=1e-3)
    assert report["gauss"] == pytest.approx(1.7724538509055159, rel=1e-9)
    assert report["rosenbrock"] == pytest.approx([1.0, 1.0], abs=1e-4)


@pytest.mark.needs("matplotlib", "plotly", "seaborn")
@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_plots_have_pixels(work: Work, environment: Environment) -> None:
    report = work("plots.py", interpreter=[environment.python])
    for library in ("matplotlib", "seaborn"):
        assert report[library]["shape"] == [240, 320, 3]
        assert report[library]["colours"] > 20
        assert 0.05 < report[library]["inked"] < 0.95
    assert report["matplotlib"]["red"] > 20_000
    assert report["plotly"]["data"] == [1, 3]
    assert report["plotly"]["draws"]
    assert report["plotly"]["bytes"] > 1_000_000, "the page must carry its own plotly.js"
    assert not report["plotly"]["from_network"]


@pytest.mark.needs("catboost")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_catboost_learns_from_words(work: Work, environment: Environment) -> None:
    report = work("catboost_model.py", interpreter=[environment.python])
    assert report["accuracy"] > 0.95 and report["same_after_reload"]
    assert all(share > 10 for share in report["importance"].values()), report["importance"]


@pytest.mark.needs("onnx", "onnxruntime", "skl2onnx")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_an_exported_model_answers_the_same(work: Work, environment: Environment) -> None:
    report = work("onnx_export.py", interpreter=[environment.python])
    assert report["furthest"] < 1e-5
    assert report["same_labels"] and report["accuracy"] > 0.95
    assert report["providers"] == ["CPUExecutionProvider"]


@pytest.mark.needs("opencv-python-headless")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_opencv_finds_what_was_drawn(work: Work, environment: Environment) -> None:
    report = work("opencv.py", interpreter=[environment.python])
    assert report["same_picture"]
    assert report["shape"] == [180, 280]
    for found, drawn in zip(report["found"], report["drawn"], strict=True):
        assert found == pytest.approx(drawn, abs=2)


@pytest.mark.needs("h2o")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_h2o_learns_on_its_java_server(
    work: Work, environment: Environment, real: Callable[[str], None]
) -> None:
    real("openjdk-*-jdk-headless")
    report = work("h2o_model.py", interpreter=[environment.python])
    assert report["auc"] > 0.93
    assert (report["nodes"], report["rows"]) == (1, 1200)
    assert environment.versions["h2o"] == report["version"]


@pytest.mark.needs("vowpalwabbit")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_vowpal_wabbit_learns_by_the_example(work: Work, environment: Environment) -> None:
    report = work("vowpal.py", interpreter=[environment.python])
    assert report["last"] < report["first"] / 100 and report["same_after_reload"]
    assert report["predicted"] == pytest.approx(2.25, abs=0.01)


@pytest.mark.needs("mlflow", "scikit-learn")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_mlflow_keeps_runs_and_models(work: Work, environment: Environment) -> None:
    report = work("mlflow_run.py", interpreter=[environment.python])
    assert (report["runs"], report["kind"], report["status"]) == (1, "linear", "FINISHED")
    assert report["losses"] == pytest.approx([1, 1 / 2, 1 / 3])
    assert report["predicted"] == pytest.approx(301)


@pytest.mark.needs("dask")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_dask_computes_on_two_processes(work: Work, environment: Environment) -> None:
    report = work("dask_cluster.py", interpreter=[environment.python])
    assert report == {"equal": True, "groups": 9, "workers": 2, "dashboard": "ok"}


@pytest.mark.needs("duckdb", "pandas", "pyarrow")
@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_a_parquet_file_answers_sql(work: Work, environment: Environment) -> None:
    report = work("duckdb_sql.py", interpreter=[environment.python])
    found = [(row["land"], row["total"], row["rows"]) for row in report["rows"]]
    assert found == [("TH", 8.0, 1), ("BW", 4.0, 2), ("NW", 4.0, 1)]
    assert report["as_pandas"]


@pytest.mark.needs("ipykernel", "nbclient", "nbformat", kernel=True)
@pytest.mark.tcg
@pytest.mark.levels("container", "vm", "azure", "wine", quick=True)
def test_a_notebook_runs_in_the_kernel(work: Work, environment: Environment, facts: Facts) -> None:
    cells = ["import sys; x = 40", "print(x + 2, sys.prefix)", '!python -c "print(6 * 7)"']
    report = work("notebook.py", environment.name, *cells, interpreter=[environment.python])
    assert report["outputs"][1] == f"42 {environment.prefix}\n"
    assert report["outputs"][2].strip() == "42"
    assert report["kernels"] == facts.kernels


@pytest.mark.needs("numpy", "scipy")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_linear_algebra_uses_the_cores(
    work: Work, environment: Environment, facts: Facts, record: Callable[[str], None]
) -> None:
    report = work("threads.py", facts.blas_of(environment), interpreter=[environment.python])
    assert report["error"] < 1e-8
    assert pools.wrong(report) == []
    record(f"threadpoolctl says of {environment.name}: {pools.told(report)}")


@pytest.mark.needs("pip")
@pytest.mark.levels("container", "vm", "azure")
def test_users_build_on_top(work: Work, environment: Environment) -> None:
    below = "numpy" if environment.has("numpy") else "pip"
    tool = "/usr/local/bin/venv-from"
    report = work("overlay.py", tool, environment.name, below, interpreter=[environment.python])
    assert report["made"]["returncode"] == 0, report["made"]
    assert report["installed"]["returncode"] == 0, report["installed"]
    assert report["used"][:2] == ["42", report["home"]], report["said"]
    assert report["used"][2].startswith(environment.prefix if below != "pip" else "/")
    assert report["shared_refused"], "a user could install into the shared environment"
    assert report["unknown_name"] == 2


@pytest.mark.needs(default=True)
@pytest.mark.levels("container", "vm", "azure")
def test_people_get_the_default_environment(work: Work, environment: Environment) -> None:
    report = work("commands.py", interpreter=["/usr/bin/python3"])
    assert report["python"] == environment.prefix
    assert report["login_python3"] == environment.prefix
    assert environment.prefix in report["pip"]
    assert report["bare_python3"] == "/usr", "the machine's own python3 must stay the system's"


@pytest.mark.needs("torch")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_torch_learns_and_comes_back(work: Work, environment: Environment, facts: Facts) -> None:
    report = work("torch_train.py", interpreter=[environment.python])
    lower = report.pop("lower")
    for each in (report, lower):
        assert each["losses"][-1] < each["losses"][0] / 10
        assert each["accuracy"] > 0.95
    assert lower["kind"] == "torch.bfloat16"
    assert report["same_after_reload"] and report["workers"]
    assert (report["cuda"], report["cuda_available"]) == (None, False) or facts.flavour != "cpu"


@pytest.mark.needs("torch", "onnx", "onnxruntime")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_torch_exports_what_it_computes(work: Work, environment: Environment) -> None:
    report = work("torch_export.py", interpreter=[environment.python])
    assert report["furthest"] < 1e-4 and report["shape"] == [5, 4]


@pytest.mark.needs("tensorflow|tensorflow-cpu", "keras", "onnxruntime")
@pytest.mark.levels("container", "vm", "azure", "wine")
def test_keras_learns_and_comes_back(work: Work, environment: Environment, facts: Facts) -> None:
    report = work("tf_train.py", interpreter=[environment.python])
    for each in (report, report["lower"]):
        assert each["losses"][-1] < each["losses"][0] / 10
        assert each["accuracy"] > 0.95
    assert report["lower"]["kind"] == "bfloat16" and report["same_after_reload"]
    assert report["onnx_furthest"] < 1e-3
    assert report["product"] == [[11.0]]
    devices = (report["devices"], report["built_with_cuda"])
    assert devices == (["CPU"], False) or facts.flavour != "cpu"


@pytest.mark.needs("azure-cli")
@pytest.mark.levels("container", "vm", "azure")
def test_azures_command_line_answers(work: Work, environment: Environment) -> None:
    report = work("azure_cli.py", interpreter=["/usr/bin/python3"])
    assert report["place"] == "/usr/local/bin/az"
    assert report["version"] == environment.versions["azure-cli"]
    assert {"AzureCloud", "AzureUSGovernment"} <= set(report["clouds"])
    assert report["without_login"] == [1, "ERROR: Please run 'az login' to setup account."]
    assert report["telemetry"] == []


@pytest.mark.levels("artifact")
def test_the_disk_keeps_the_environment(tree: Tree, environment: Environment, facts: Facts) -> None:
    files = list(tree.glob(f"{environment.prefix}/*"))
    assert len(files) > 500 and f"{environment.prefix}/bin/python" in tree
    open_to_users = [each for each in files if each.type != "symlink" and each.mode & 0o022]
    assert [each.path for each in files if each.uid] == []
    assert [each.path for each in open_to_users] == []
    assert [each.path for each in files if each.mtime > facts.epoch] == []
