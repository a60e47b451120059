"""What is built, what is taken, and what is noticed: the real engine on a small checkout."""

from __future__ import annotations

from pathlib import Path

from factory import IMAGE, LAYERS, Factory
from images import docker

ALL = ["one", "two", "seal"]


def test_a_layer_that_exists_is_not_built_again(ours: Factory) -> None:
    assert ours.build().built == ALL
    ours.counted()
    again = ours.build()
    assert (again.code, again.built) == (0, [])
    assert ours.counted() | {"docker": 0} == dict.fromkeys(
        ("docker", "mmdebstrap", "qemu-system-x86_64"), 0
    ) | {"packer": 1}, "`packer version` is asked, nothing is built"
    assert ours.plan() == dict.fromkeys(LAYERS, True)


def test_until_a_layer_that_exists_nothing_is_built(ours: Factory) -> None:
    assert ours.build(until="one").built == ["one"]
    again = ours.build(until="one")
    assert (again.code, again.built) == (0, [])


def test_a_change_rebuilds_its_layer_and_what_stands_on_it(ours: Factory) -> None:
    ours.build()
    ours.edit("roles/two/files/content", old="two", new="new")
    assert ours.plan() == {"rootfs": True, "one": True, "two": False, "seal": False}
    told = ours.burnish("plan", IMAGE).out
    assert "roles/two/files/content" in told
    assert ours.build().built == ["two", "seal"]
    assert ours.content("seal", "/opt/two") == "new"


def test_a_failed_layer_is_where_the_next_run_goes_on(ours: Factory) -> None:
    ours.edit("roles/two/tasks/main.yml", old="src: content", new="src: contents")
    failed = ours.build()
    assert (failed.code, failed.built) == (4, ["one"])
    (where,) = [line for line in failed.err.splitlines() if "the whole log:" in line]
    log = Path(where.partition("the whole log: ")[2])
    tail = [line[4:] for line in failed.err.splitlines() if line.startswith("  | ")]
    assert len(tail) <= 20
    assert tail[0].startswith("TASK [two : Write what the role brings]")
    assert "Could not find or access 'contents'" in tail[1]
    assert tail[1] in log.read_text("utf-8")
    assert "error: layer 'two' failed (exit code 1)" in failed.err
    assert "run the same command, it goes on at this layer" in failed.err
    ours.edit("roles/two/tasks/main.yml", old="src: contents", new="src: content")
    mended = ours.build()
    assert (mended.code, mended.built) == (0, ["two", "seal"])


def test_a_missing_layer_is_made_again_with_what_stands_on_it(ours: Factory) -> None:
    ours.build()
    docker("rmi", "--force", ours.tag("two"))
    assert ours.plan() == {"rootfs": True, "one": True, "two": False, "seal": False}
    assert ours.build().built == ["two", "seal"]


def test_an_altered_layer_is_not_taken(ours: Factory) -> None:
    ours.build()
    tag = ours.tag("one")
    container = docker("run", "--detach", tag, "sh", "-c", "echo bad > /opt/one").strip()
    docker("wait", container)
    docker("commit", container, tag)
    docker("rm", container)
    assert ours.plan()["one"] is False, "its label is right, its digests are not"
    assert ours.build().built == ALL
    assert "bad" not in ours.content("seal", "/opt/one")


def test_another_image_under_a_layers_tag_is_not_taken(ours: Factory) -> None:
    ours.build()
    docker("tag", ours.tag("rootfs"), ours.tag("one"))
    assert ours.build().built == ALL


def test_a_lost_root_filesystem_is_imported_again(ours: Factory) -> None:
    docker("rmi", "--force", ours.tag("rootfs"))
    ours.counted()
    done = ours.build()
    assert (done.code, done.built) == (0, ALL)
    assert ours.counted()["mmdebstrap"] == 0, "its tar is still here"


def test_an_altered_root_filesystem_is_made_anew(ours: Factory) -> None:
    docker("rmi", "--force", ours.tag("rootfs"))
    (tar,) = _tars(ours, ours.tag("rootfs"))
    with tar.open("ab") as file:
        file.write(b"more")
    ours.counted()
    done = ours.build(until="rootfs")
    assert done.code == 0
    assert ours.counted()["mmdebstrap"] >= 1
    assert not tar.read_bytes().endswith(b"more")


def _tars(of: Factory, tag: str) -> list[Path]:
    folder = Path(of.env["BURNISH_STORE"]) / "rootfs"
    return [path for path in folder.glob("*.tar") if path.name.startswith(tag.rpartition(":")[2])]


def test_a_file_that_a_step_reads_is_part_of_the_layer(ours: Factory) -> None:
    """mkosi's trap: a cache key without what a step reads serves a stale tree with exit code 0."""
    ours.edit(
        "roles/two/tasks/main.yml", old="src: content", new="content: \"{{ lookup('file', 'x') }}\""
    )
    ours.edit("roles/two/files/x", new="first")
    ours.build()
    ours.edit("roles/two/files/x", old="first", new="second")
    assert ours.build().built == ["two", "seal"]
    assert ours.content("seal", "/opt/two") == "second"
    ours.edit("roles/two/files/x", old="second", new="first")
    back = ours.build()
    assert (back.built, ours.content("seal", "/opt/two")) == ([], "first")


def test_a_file_outside_what_is_hashed_cannot_be_read(ours: Factory) -> None:
    (ours.root / "shared").mkdir()
    ours.edit("shared/x", new="stale one day")
    look = "content: \"{{ lookup('file', playbook_dir + '/../shared/x') }}\""
    ours.edit("roles/two/tasks/main.yml", old="src: content", new=look)
    failed = ours.build()
    assert (failed.code, failed.built) == (4, ["one"])
    assert "shared/x" in failed.err


def test_two_builds_at_once_do_the_work_once(ours: Factory) -> None:
    children = [ours.start("build", IMAGE, "--until", "layers") for _ in range(2)]
    ends = [child.communicate(timeout=300) for child in children]
    assert [child.returncode for child in children] == [0, 0], ends
    story = "".join(err for _, err in ends)
    assert [story.count(f"✓ layer {name}") for name in ALL] == [1, 1, 1]
    assert "another burnish works on tiny-cpu: waiting until it is done" in story
