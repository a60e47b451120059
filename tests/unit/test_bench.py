"""The benchmark's arithmetic and its page: figures as they were measured, nothing made up."""

from __future__ import annotations

import page
from timing import Measure, shown, totals


def measure(subject: str, scenario: str, *, phase: str, seconds: float, suite: str) -> Measure:
    return Measure(
        suite=suite,
        subject=subject,
        scenario=scenario,
        phase=phase,
        seconds=seconds,
        load=1.0,
        at="2026-11-25T10:00:00Z",
    )


def compared(subject: str, scenario: str, *rounds: tuple[float, float]) -> list[Measure]:
    return [
        measure(subject, scenario, phase=phase, seconds=seconds, suite="compare")
        for pair in rounds
        for phase, seconds in zip(("build", "disk"), pair, strict=True)
    ]


def test_a_total_sums_the_phases_of_one_round() -> None:
    found = totals(compared("docker", "cold", (10.0, 2.0), (20.0, 3.0)))
    assert found == {("docker", "cold"): [12.0, 23.0]}


def test_figures_tell_how_often_they_were_measured() -> None:
    assert shown([]) == "not measured"
    assert shown([3.14159]) == "3.14 (one run)"
    assert shown([30.0, 10.0, 21.0]) == "21 (10 to 30, of 3)"


def test_the_page_compares_medians() -> None:
    measures = [
        *compared("shell", "cold", (90.0, 10.0)),
        *compared("burnish", "cold", (100.0, 20.0)),
        *compared("burnish", "last", (20.0, 15.0)),
    ]
    text = page.render(measures)
    assert "From nothing, burnish takes 1.20 times the shell's time." in text
    assert "| from nothing | 100 (one run) | not measured | 120 (one run) |" in text
    assert (
        "| one package more in the last step | 100 (one run) | not measured | 35 (one run) |"
        in text
    )


def test_a_section_without_a_figure_is_not_there() -> None:
    found = page.render([measure("base", "warm", phase="whole", seconds=61.0, suite="roles")])
    assert "| base | 61 (one run) |" in found
    assert "## Booting" not in found


def test_layers_show_the_newest_version() -> None:
    measures = [
        measure("r", "filed", phase=phase, seconds=value, suite="layers")
        for value in (70.0, 71.0)
        for phase in ("seconds", "MiB")
    ]
    measures.append(measure("qcow2", "version", phase="MiB", seconds=900.0, suite="layers"))
    text = page.render(measures)
    assert "| r | 71 | 71 |" in text
    assert "The version: qcow2 900 MiB." in text


def test_imports_are_told_by_package_and_environment() -> None:
    measures = [
        measure("ml", "warm", phase="numpy", seconds=value, suite="imports") for value in (0.2, 0.1)
    ]
    assert "| numpy | ml | 0.15 (0.10 to 0.20, of 2) |" in page.render(measures)


def test_a_moved_package_is_told_beside_everything() -> None:
    measures = [
        measure("layers", scenario, phase="whole", seconds=value, suite="moved")
        for scenario, value in (("from nothing", 400.0), ("one package of ml moved", 120.0))
    ]
    text = page.render(measures)
    assert "| from nothing | 400 (one run) |" in text
    assert "| one package of ml moved | 120 (one run) |" in text


def test_what_was_not_measured_again_stays() -> None:
    first = [measure("base", "warm", phase="whole", seconds=61.0, suite="roles")]
    before = page.render([*first, measure("u", "warm", phase="whole", seconds=57.0, suite="tests")])

    again = page.render(
        [measure("base", "warm", phase="whole", seconds=70.0, suite="roles")], before=before
    )

    assert "| base | 70 (one run) |" in again and "61" not in again
    assert page.sections(again)["Tests"] == page.sections(before)["Tests"]
    assert "57 (one run) seconds" in again


def test_an_upload_is_held_against_what_is_not_zero() -> None:
    figures = {"file": {"virtual": 1024.0, "nonzero": 56.0, "sectors": 55.5}}
    figures["burnish"] = {"sent": 56.0, "requests": 57.0, "seconds": 1.25}
    figures["upload_blob"] = {"sent": 208.0, "requests": 54.0, "seconds": 8.5}
    text = page.render(
        [
            measure(subject, "synthetic", phase=phase, seconds=value, suite="upload")
            for subject, found in figures.items()
            for phase, value in found.items()
        ]
    )
    assert "| burnish | 56 (one run) | 57 (one run) | 1.25 (one run) | 1.000 |" in text
    assert "| upload_blob | 208 (one run) | 54 (one run) | 8.50 (one run) | 3.714 |" in text
    assert "Of 1024 MiB, 56.0 are not zero in blocks of 4 KiB, 55.5 in sectors." in text


def test_publications_are_told_with_faults_and_what_is_left() -> None:
    counts = {
        "exchanges": 1893,
        "violations": 0,
        "faults": 53,
        "survived": 52,
        "by running again": 1,
        "left behind": 0,
    }
    measures = [
        *(
            measure("small", "publish", phase=phase, seconds=value, suite="azure")
            for phase in ("seconds", "MiB", "exchanges")
            for value in (2.0, 3.0)
        ),
        *(
            measure("all runs", "count", phase=phase, seconds=value, suite="azure")
            for phase, value in counts.items()
        ),
    ]
    text = page.render(measures)
    assert "| small | 2.50 (2.00 to 3.00, of 2) |" in text
    assert "- exchanges held against the official Swagger: 1893\n- violations of it: 0\n" in text
    assert "- borne by that run: 52, by the same command again: 1\n" in text
    assert "left behind: 0\n" in text


def test_boots_in_the_simulated_azure_are_told_as_that() -> None:
    measures = [
        measure("x", "x, uefi", phase=phase, seconds=value, suite="fabric")
        for phase, value in (("ready", 41.0), ("login", 52.0), ("agent", 61.0))
    ]
    text = page.render(measures)
    assert "## Booting in a simulated Azure" in text
    assert "| x, uefi | 41 (one run) | 52 (one run) | 61 (one run) |" in text
