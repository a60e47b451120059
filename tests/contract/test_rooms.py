"""The engine's imports follow the plan of the house (CONTRIBUTING, "Rooms")."""

from __future__ import annotations

import pytest
from house import expect_needed, expect_none, rooms, sources

# a finding as the test prints it, without its line number -> why it may stay
EXCEPTIONS: dict[str, str] = {}


def test_every_import_is_one_the_plan_allows() -> None:
    expect_none(rooms.wrong_rooms(sources.engine()), except_for=EXCEPTIONS)


def test_libraries_stay_in_their_only_room() -> None:
    expect_none(rooms.wrong_libraries(sources.engine()), except_for=EXCEPTIONS)


def test_pure_rooms_depend_on_their_arguments_alone() -> None:
    expect_none(rooms.impure(sources.engine()), except_for=EXCEPTIONS)


def test_no_modules_import_each_other_in_a_ring() -> None:
    assert rooms.cycles(sources.engine()) == []


def test_the_root_package_holds_the_version_alone() -> None:
    root = next(source for source in sources.engine() if source.name == "")
    code = [line for line in root.text.splitlines() if line and not line.startswith(('"', "#"))]
    assert [line.split(" = ")[0] for line in code] == ["__version__"]


@pytest.mark.parametrize("folder", ["ansible", "molecule", "packer"])
def test_content_folders_do_not_shadow_installed_packages(folder: str) -> None:
    assert list((sources.ROOT / folder).glob("__init__.py")) == []


def test_the_repository_is_no_collection() -> None:
    assert not (sources.ROOT / "galaxy.yml").exists()


def test_every_exception_is_still_needed() -> None:
    engine = sources.engine()
    found = [*rooms.wrong_rooms(engine), *rooms.wrong_libraries(engine), *rooms.impure(engine)]
    expect_needed(found, except_for=EXCEPTIONS)
