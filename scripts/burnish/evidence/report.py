"""Takes a `Manifest`; gives the report that people read, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.evidence.markdown import MIB, mib, table
from burnish.model.manifest import Event, LayerEntry, Manifest, OnDisk, Software
from burnish.model.proofs import title
from burnish.model.verdict import Verdict

LARGEST = 15


def report(manifest: Manifest, *, software: bool = True) -> str:
    """The whole report; without `software` the long lists at its end are left out."""
    parts = [
        _head(manifest),
        _events(manifest.events),
        _verdicts(manifest.verdicts),
        _not_verified(manifest),
        _measured(manifest.verdicts),
        _pictures(manifest.verdicts),
        _secure_boot(manifest),
        _pins(manifest),
        _accepts(manifest),
        _licences(manifest),
        _layers(manifest),
        _times(manifest),
        _artifacts(manifest),
        _on_disk(manifest.on_disk),
    ]
    if software:
        parts += [_largest(manifest.software), _software(manifest.software)]
    return "\n".join(part for part in parts if part)


def _head(manifest: Manifest) -> str:
    proven = all(verdict.passed for verdict in manifest.verdicts) and manifest.verdicts
    state = "every check that was due passed" if proven else "NOT PROVEN"
    stand_in = (
        "\n**standin**: made from a stand-in archive for tests. It is no Ubuntu, and is never published.\n"
        if manifest.standin
        else ""
    )
    return (
        f"# {manifest.image} {manifest.version}\n\n"
        f"{manifest.base}, {manifest.flavour}, channel {manifest.channel}; {state}.\n{stand_in}\n"
        f"- plan `{manifest.plan}`\n- built {manifest.built_at}\n"
        f"- SOURCE_DATE_EPOCH {manifest.epoch}\n- lock `{manifest.lock}`\n"
    )


def _events(events: Sequence[Event]) -> str:
    if not events:
        return ""
    rows = [
        (
            event.at,
            event.channel,
            event.why,
            "; ".join(f"{gate}: {reason}" for gate, reason in event.accepted.items()) or "-",
        )
        for event in events
    ]
    return "## Channel\n\n" + table(("at", "became", "why", "gates accepted"), rows)


def _verdicts(verdicts: Sequence[Verdict]) -> str:
    rows = []
    for verdict in verdicts:
        counts = dict.fromkeys(("passed", "failed", "error", "not-verified"), 0)
        for result in verdict.results:
            counts[result.outcome] += 1
        failed = counts["failed"] + counts["error"]
        rows.append(
            (
                title(verdict.level),
                counts["passed"],
                failed,
                counts["not-verified"],
                len(verdict.not_run),
                f"{verdict.seconds:.0f}",
                verdict.where,
            )
        )
    head = ("level", "passed", "failed", "not verified here", "left out", "seconds", "where")
    failures = [
        f"- **{result.check}** at {verdict.level}: {result.text.splitlines()[0] if result.text else ''}"
        for verdict in verdicts
        for result in verdict.results
        if result.outcome in ("failed", "error")
    ]
    more = "\n" + "\n".join(failures) + "\n" if failures else ""
    return "## Verdicts\n\n" + table(head, rows) + more


def _not_verified(manifest: Manifest) -> str:
    lines = [f"- {line}" for line in manifest.not_verified]
    lines += [f"- layer {name} left out: {why}" for name, why in manifest.left_out.items()]
    return "## Not verified here\n\n" + "\n".join(lines) + "\n"


def _measured(verdicts: Sequence[Verdict]) -> str:
    lines = [
        f"- {result.check} at {verdict.level}: {result.text}\n"
        for verdict in verdicts
        for result in verdict.results
        if result.outcome == "passed" and result.text
    ]
    return "## Measured\n\n" + "".join(lines) if lines else ""


def _pictures(verdicts: Sequence[Verdict]) -> str:
    lines = [
        f"![{result.check}]({result.picture})\n"
        for verdict in verdicts
        for result in verdict.results
        if result.picture
    ]
    return "## Seen in a browser\n\n" + "\n".join(lines) if lines else ""


def _secure_boot(manifest: Manifest) -> str:
    if not manifest.secure_boot:
        return ""
    text = f"## Secure Boot\n\nIts kernel modules load under Secure Boot: {manifest.secure_boot}.\n"
    if own := manifest.signing:
        text += (
            f"\n- certificate `{own.name}` ({own.subject}), valid until {own.ends}\n"
            f"- sha256 `{own.sha256}`\n"
        )
    return text


def _pins(manifest: Manifest) -> str:
    lines = "".join(f"- {line}\n" for line in manifest.pins)
    return f"## Pinned by hand\n\n{lines}" if lines else ""


def _accepts(manifest: Manifest) -> str:
    if not manifest.accepts:
        return ""
    lines = "".join(f"- {each}\n" for each in manifest.accepts)
    return f"## Accepted\n\nThis version is never promoted, for what its image accepts:\n\n{lines}"


def _licences(manifest: Manifest) -> str:
    lines = [f"- {', '.join(files)}: {text}\n" for text, files in manifest.licences.items()]
    return "## Licences of what was downloaded\n\n" + "".join(lines) if lines else ""


def _layers(manifest: Manifest) -> str:
    rows = [
        (
            layer.name,
            ", ".join(layer.roles) or "-",
            mib(layer.size),
            f"{layer.seconds:.0f}",
            _made(layer),
            f"`{layer.id[:12]}`",
        )
        for layer in manifest.layers
    ]
    return "## Layers\n\n" + table(("layer", "roles", "MiB", "seconds", "this run", "id"), rows)


def _made(layer: LayerEntry) -> str:
    """Whether this run made a layer, and which of its parts are from an earlier build."""
    taken = f"; {', '.join(layer.reused)} of an earlier build" if layer.reused else ""
    return f"{'kept' if layer.cached else 'built'}{taken}"


def _times(manifest: Manifest) -> str:
    rows = [(name, f"{value:.1f}") for name, value in manifest.seconds.items()]
    return "## Stages of this run\n\n" + table(("stage", "seconds"), rows)


def _artifacts(manifest: Manifest) -> str:
    rows = [
        (name, mib(manifest.sizes[name]) if name in manifest.sizes else "-", f"`{digest}`")
        for name, digest in manifest.artifacts.items()
    ]
    twin = (
        "\nThe container image and the disk are made of the same layers, by the same roles: `docker tag "
        f"{manifest.artifacts['container']} burnish-{manifest.flavour}` names it.\n"
        if "container" in manifest.artifacts
        else ""
    )
    return "## Artifacts\n\n" + table(("artifact", "MiB", "sha256"), rows) + twin


def _on_disk(found: OnDisk | None) -> str:
    if found is None:
        return ""
    said = f"The OS disk has {mib(found.virtual)} MiB, its files take {mib(found.used)} MiB.\n\n"
    rows = [(f"`/{path}`", mib(size)) for path, size in found.largest.items()]
    return "## OS disk\n\n" + said + table(("largest files", "MiB"), rows)


def _largest(software: Sequence[Software]) -> str:
    top = sorted(software, key=lambda item: -item.size)[:LARGEST]
    rows = [(item.kind, item.name, item.version, mib(item.size)) for item in top]
    return "## Largest\n\n" + table(("kind", "name", "version", "MiB"), rows)


def _software(software: Sequence[Software]) -> str:
    parts = []
    for kind in dict.fromkeys(item.kind for item in software):
        rows = [
            (item.name, item.version, f"{item.size / MIB:.1f}")
            for item in software
            if item.kind == kind
        ]
        parts.append(
            f"## Software: {kind} ({len(rows)})\n\n" + table(("name", "version", "MiB"), rows)
        )
    return "\n".join(parts)
