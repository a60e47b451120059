"""The checks' transport to the very machine that they run on."""

from __future__ import annotations

import getpass
import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from burnish.build.checks import PLUGIN

SUITE = """
import sys
import pytest

@pytest.mark.levels("gpu")
def test_works(work, host):
    assert work("say.py", "a b", interpreter=[sys.executable]) == ["a b"]
    assert host.backend.get_connection_type() == "local"
    assert work.user == host.user().name
"""


@pytest.mark.touches("processes", reason="the work program is started here")
def test_checks_reach_the_machine_that_they_run_on(tmp_path: Path) -> None:
    checks = tmp_path / "tests" / "toolchains"
    (checks / "work").mkdir(parents=True)
    (checks / "test_extra.py").write_text(SUITE)
    (checks / "work" / "say.py").write_text("import json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    plain = ("image", "flavour", "os", "family", "distribution", "release")
    layers = [{"id": "extra", "roles": ["extra"]}]
    said = {**dict.fromkeys(plain, "x"), "epoch": 1, "layers": layers, "user": getpass.getuser()}
    (tmp_path / "facts.json").write_text(json.dumps(said))
    config = Path(__file__).parents[2] / "pyproject.toml"
    given = [f"--config-file={config}", f"--burnish-facts={tmp_path}/facts.json"]
    plugins = ["-p", "no:cacheprovider", "-p", PLUGIN, "--hosts=local://", "--burnish-level=gpu"]
    told = StringIO()
    with redirect_stdout(told):
        code = pytest.main(["-q", *given, *plugins, str(checks)])
    assert code == 0, told.getvalue() + sys.version
