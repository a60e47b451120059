"""`verify --level gpu`: what a machine must be, what is filed of it, and what that means for the version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import checkout
import makers
import pytest
import shelf
import worlds
from burnish import pipeline
from burnish.build import checks
from burnish.build.checks import CheckRequest
from burnish.catalog.locks import dump_lock
from burnish.errors import ChecksFailed, PublishError, UsageError
from burnish.model.disk import DiskIds
from burnish.model.manifest import Manifest, Software
from burnish.model.remote import Found, Remote
from burnish.stages import locks, tier
from burnish.stages.run import World

IMAGE = "tiny-gpu"
BASH = Software(kind="apt", name="bash", version="5.2")
CASE = '<testcase classname="tests.toolchains.test_gpu" name="test_learns" time="1">{}</testcase>'
SUITE = f"<testsuites><testsuite time='1'>{CASE}</testsuite></testsuites>"
PASSED = SUITE.format("")
FAILED = SUITE.format('<failure message="it is slow">it is slow</failure>')
NO_GPU = makers.result("not-verified", check="test_gpu::test_learns")
REMOTE = Remote(host="gpu1")


@dataclass
class There:
    """A connection to a machine that is what a test says."""

    found: Found
    software_: tuple[Software, ...] = (BASH,)
    remote: Remote = REMOTE
    options: tuple[str, ...] = ("--hosts=ssh://gpu1",)
    restarts: list[str] = field(default_factory=list)

    def who(self) -> Found:
        return self.found

    def software(self) -> tuple[Software, ...]:
        return self.software_

    def restart(self, *, before: str) -> None:
        self.restarts.append(before)


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = worlds.world(tmp_path)
    worlds.put(locks.committed_path(found, IMAGE), replace(checkout.lock(), image=IMAGE))
    return found


@pytest.fixture
def there(world: World, monkeypatch: pytest.MonkeyPatch) -> There:
    """A sound machine of the image; what the tests change of it, burnish sees."""
    plan = pipeline.plan(world, world.catalog.images[IMAGE])
    root = DiskIds.from_seed(plan.top.id).root
    said = "1 x Simulated GPU, driver 535.1"
    made = There(Found(user="azureuser", sudo=True, root=root, boot="one", gpus=1, told=said))

    @contextmanager
    def connected(remote: Remote, *, home: Path) -> Iterator[There]:
        assert (remote, home.name) == (REMOTE, "home")
        yield made

    monkeypatch.setattr(tier, "connected", connected)
    return made


@pytest.fixture
def manifest(world: World) -> Manifest:
    """A filed version of the image whose container had no GPU."""
    plan = pipeline.plan(world, world.catalog.images[IMAGE])
    first = replace(shelf.PROVEN[0], results=(*shelf.PROVEN[0].results, NO_GPU))
    made = makers.manifest(
        image=IMAGE,
        plan=plan.id,
        flavour="gpu",
        version="",
        software=(BASH,),
        verdicts=(first, *shelf.PROVEN[1:]),
        not_verified=("test_gpu::test_learns: it not-verified",),
    )
    made = replace(made, artifacts={"raw": makers.sha("raw")})
    texts = {"lock.yaml": dump_lock(replace(checkout.lock(), image=IMAGE))}
    return world.gallery.add(made, day=shelf.DAY, files={}, texts=texts)[0]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[CheckRequest]:
    """Every run of the checks, which all pass."""
    seen: list[CheckRequest] = []

    def run(request: CheckRequest, on_line: object) -> str:
        seen.append(request)
        return PASSED

    monkeypatch.setattr(checks, "run", run)
    return seen


def report(world: World, manifest: Manifest) -> str:
    return (world.gallery.folder(IMAGE, manifest.version) / "report.md").read_text("utf-8")


def test_a_verdict_takes_away_what_was_not_verified(
    world: World, there: There, *, manifest: Manifest, asked: list[CheckRequest]
) -> None:
    run = pipeline.verify_on(world, manifest, remote=REMOTE)
    assert run.manifest and run.manifest.verdicts[-1].level == "gpu"
    verdict = run.manifest.verdicts[-1]
    assert verdict.subject == makers.sha("raw")
    assert verdict.where == "1 x Simulated GPU, driver 535.1, over SSH"
    assert verdict.not_run == ("every check again after a reboot",)
    assert not any("test_learns" in line for line in run.manifest.not_verified)
    assert "| gpu | 1 | 0 | 0 | 1 | 1 | 1 x Simulated GPU, driver 535.1, over SSH |" in report(
        world, manifest
    )
    assert (there.restarts, [request.options for request in asked]) == ([], [there.options])


def test_the_checks_work_as_who_logs_in(
    world: World, there: There, *, manifest: Manifest, asked: list[CheckRequest]
) -> None:
    pipeline.verify_on(world, manifest, remote=REMOTE)
    (request,) = asked
    assert '"user": "azureuser"' in request.facts.read_text()
    assert [path.name for path in request.files][-1] == "test_gpu.py"
    assert there.found.user == "azureuser"


def test_every_check_runs_again_after_a_restart(
    world: World, there: There, *, manifest: Manifest, asked: list[CheckRequest]
) -> None:
    world = worlds.with_options(world, reboot=True)
    run = pipeline.verify_on(world, manifest, remote=REMOTE)
    assert run.manifest
    verdict = run.manifest.verdicts[-1]
    assert (there.restarts, len(asked), verdict.not_run) == (["one"], 2, ())
    assert verdict.where.endswith(", over SSH; after a reboot too")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"root": "4c1e"}, "gpu1 is no machine of tiny-gpu/2026.1125.0: its root file system has"),
        ({"gpus": 0}, "gpu1 has no NVIDIA GPU on its bus"),
        ({"user": "root"}, "gpu1: root logs in, and the checks need a normal user with sudo"),
        ({"sudo": False}, "gpu1: azureuser logs in, and the checks need a normal user with sudo"),
    ],
)
def test_another_machine_is_refused_and_nothing_is_filed(
    world: World, there: There, *, manifest: Manifest, change: dict[str, object], told: str
) -> None:
    there.found = replace(there.found, **change)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=told):
        pipeline.verify_on(world, manifest, remote=REMOTE)
    assert world.gallery.find(IMAGE) == manifest


def test_a_machine_that_was_upgraded_is_refused(
    world: World, there: There, *, manifest: Manifest
) -> None:
    there.software_ = (replace(BASH, version="5.3"),)
    with pytest.raises(UsageError) as caught:
        pipeline.verify_on(world, manifest, remote=REMOTE)
    assert caught.value.message == (
        "gpu1 is no longer what tiny-gpu/2026.1125.0 holds: apt bash: 5.2 -> 5.3"
    )


def test_a_version_that_fails_on_a_gpu_is_not_promoted(
    world: World, there: There, *, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.may_be_promoted(world, manifest)
    monkeypatch.setattr(checks, "run", lambda request, on_line: FAILED)
    with pytest.raises(ChecksFailed, match="1 of 1 checks failed at level 'gpu'"):
        pipeline.verify_on(world, manifest, remote=there.remote)
    with pytest.raises(PublishError, match="its checks failed at level gpu"):
        pipeline.may_be_promoted(world, world.gallery.find(IMAGE))
    assert "**test_gpu::test_learns** at gpu: it is slow" in report(world, manifest)


def test_an_image_without_the_flavour_has_no_tier(world: World, there: There) -> None:
    worlds.put(locks.committed_path(world, checkout.IMAGE), checkout.lock())
    plan = pipeline.plan(world, world.catalog.images[checkout.IMAGE])
    made = shelf.file(world, plan=plan.id)
    with pytest.raises(UsageError, match="tiny-cpu is an image for machines without a GPU"):
        pipeline.verify_on(world, made, remote=there.remote)
    with pytest.raises(UsageError, match="tiny-cpu is an image for machines without a GPU"):
        pipeline.may_be_verified_on(world, made)
