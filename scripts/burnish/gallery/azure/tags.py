"""Takes a manifest; gives the tags of its version in Azure, and the manifest back from them. Pure.

A version in Azure has no file beside it: its tags carry what the rules of a gallery ask of a manifest.
Azure allows 50 tags of 256 characters. Reasons that are longer are cut, and end in words that say so; of
the moves between channels the last ones are kept, and always one that says whether it was ever stable.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from burnish.errors import PublishError
from burnish.gallery.azure.fitting import CUT, LONGEST, as_json, fits, packed, shortened
from burnish.gallery.rules import STABLE
from burnish.model.base import Flavour, Level
from burnish.model.manifest import Event, Manifest
from burnish.model.verdict import CheckResult, Outcome, Verdict

FORMAT = "1"
MOST = 50
OURS = "burnish-"
# Beside the manifest's own: the digest of manifest.json, and the route that the version came by.
MANIFEST, ORIGIN, PLAN, CHANNEL = (
    f"{OURS}{name}" for name in ("manifest", "origin", "plan", "channel")
)
VHD = "disk.vhd"
EVENTS, FEWEST, VERDICTS, LISTED = 12, 2, 8, 5
PLAIN = ("image", "plan", "channel", "base", "flavour", "built_at", "lock")
Tags = Mapping[str, str]


def encode(manifest: Manifest, *, others: Tags | None = None) -> dict[str, str]:
    """All tags of a version: the manifest's, and those of `others` that are not in their way."""
    kept = {key: value for key, value in (others or {}).items() if not _from_manifest(key)}
    made = {_key("format"): FORMAT, _key("epoch"): str(manifest.epoch)}
    for name in PLAIN:
        made[_key(name)] = shortened(getattr(manifest, name), LONGEST)
    if manifest.standin:
        made[_key("standin")] = "yes"
    if raw := manifest.artifacts.get("raw"):
        made[_key("raw")] = raw
    if VHD in manifest.artifacts:
        made[_key("disk")] = f"{manifest.artifacts[VHD]} {manifest.sizes.get(VHD, 0)}"
    made |= _numbered("verdict", [_pack_verdict(each, raw or "") for each in _last(manifest)])
    made |= _numbered("accepts", [shortened(each, LONGEST) for each in _some(manifest.accepts)])
    made |= _numbered("left-out", [packed([name, why]) for name, why in _left_out(manifest)])
    room = max(FEWEST, min(EVENTS, MOST - len(made) - len(kept)))
    made |= _numbered("event", [_pack_event(each) for each in _events(manifest.events, room)])
    if len(kept) + len(made) > MOST:
        raise PublishError(
            f"{manifest.image} {manifest.version}: {len(kept)} tags of others leave no room for "
            f"burnish's {len(made)}: Azure allows {MOST}",
            hint="take some of the others off the version",
        )
    return {**kept, **made}


def decode(tags: Tags | None, *, version: str) -> Manifest | None:
    """The manifest of a version, as far as its tags know it; None if burnish did not make it."""
    found = tags or {}
    if found.get(_key("format")) != FORMAT:
        return None
    plain: dict[str, Any] = {name: found.get(_key(name), "") for name in PLAIN}
    if plain["flavour"] not in get_args(Flavour):
        return None
    raw = found.get(_key("raw"), "")
    digest, _, size = found.get(_key("disk"), "").partition(" ")
    try:
        return Manifest(
            **plain,
            format=int(FORMAT),
            version=version,
            epoch=int(found.get(_key("epoch"), "0")),
            layers=(),
            artifacts={**({"raw": raw} if raw else {}), **({VHD: digest} if digest else {})},
            sizes={VHD: int(size)} if size else {},
            seconds={},
            software=(),
            verdicts=tuple(_verdict(text, raw) for text in _texts(found, "verdict")),
            host={},
            left_out=dict(json.loads(text) for text in _texts(found, "left-out")),
            standin=_key("standin") in found,
            events=tuple(_event(text) for text in _texts(found, "event")),
            accepts=tuple(_texts(found, "accepts")),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise PublishError(
            f"{plain['image']} {version}: its tags in Azure were altered: {error}",
            hint="remove the version in Azure and publish it again",
        ) from error


def completed(record: Manifest, known: Manifest) -> Manifest:
    """The record of a version as it is filed, with what only its tags know: its channel and moves, and what
    was proven on a machine made of it."""
    there = tuple(each for each in known.verdicts if each.level == Level.AZURE)
    verdicts = (*record.verdicts, *there)
    return replace(record, channel=known.channel, events=known.events, verdicts=verdicts)


def made_by(tags: Tags | None) -> str:
    """The plan that burnish made a version of; an empty string for versions of others."""
    found = tags or {}
    return found.get(PLAN, "") if found.get(_key("format")) == FORMAT else ""


def _key(name: str) -> str:
    return OURS + name.replace("_", "-")


def _from_manifest(key: str) -> bool:
    return key.startswith(OURS) and key not in (MANIFEST, ORIGIN)


def _numbered(name: str, texts: Sequence[str]) -> dict[str, str]:
    return {f"{OURS}{name}-{number:02}": text for number, text in enumerate(texts)}


def _texts(tags: Tags, name: str) -> Iterator[str]:
    """The texts of numbered tags in order."""
    start = f"{OURS}{name}-"
    return (tags[key] for key in sorted(tags) if key.startswith(start))


def _some(texts: Sequence[str]) -> list[str]:
    if len(texts) <= LISTED:
        return list(texts)
    return [*texts[: LISTED - 1], f"and {len(texts) - LISTED + 1} more (shortened)"]


def _left_out(manifest: Manifest) -> list[tuple[str, str]]:
    names = _some(list(manifest.left_out))
    return [(name, manifest.left_out.get(name, "several reasons")) for name in names]


def _last(manifest: Manifest) -> list[Verdict]:
    """The newest verdict of each suite at each level, the last ones of them."""
    newest: dict[tuple[str, str], Verdict] = {}
    for each in manifest.verdicts:
        # behind the others, also where an older one of its suite stood before them
        newest.pop((each.level, each.suite), None)
        newest[each.level, each.suite] = each
    return list(newest.values())[-VERDICTS:]


def _events(events: Sequence[Event], room: int) -> Sequence[Event]:
    if len(events) <= room:
        return events
    kept = events[-room:]
    made = [each for each in events[:-room] if each.channel == STABLE]
    if made and not any(each.channel == STABLE for each in kept):
        return [made[-1], *kept[1:]]
    return kept


def _pack_event(event: Event) -> str:
    """As JSON; of the reasons as much as there is room for."""
    head = [event.at, event.channel, event.by]
    for most in range(LONGEST, 0, -8):
        accepted = {name: shortened(why, most) for name, why in event.accepted.items()}
        text = as_json([*head, shortened(event.why, most), accepted])
        if fits(text):
            return text
    accepted = {"all": f"{len(event.accepted)} gates {CUT}"}
    return as_json([*head, shortened(event.why, 80), accepted])


def _event(text: str) -> Event:
    at, channel, by, why, accepted = json.loads(text)
    return Event(at=at, channel=channel, why=why, by=by, accepted=accepted)


def _pack_verdict(verdict: Verdict, raw: str) -> str:
    outcomes = [result.outcome for result in verdict.results]
    counts = [
        outcomes.count("passed"),
        outcomes.count("failed") + outcomes.count("error"),
        outcomes.count("not-verified"),
        len(verdict.not_run),
    ]
    subject = "" if verdict.subject == raw else verdict.subject
    head = [verdict.level, verdict.suite, *counts, subject]
    return packed([*head, verdict.where])


def _verdict(text: str, raw: str) -> Verdict:
    level, suite, passed, failed, unverified, not_run, subject, where = json.loads(text)
    return Verdict(
        subject=subject or raw,
        suite=suite,
        level=level,
        results=(
            *_counted("passed", passed),
            *_counted("failed", failed),
            *_counted("not-verified", unverified),
        ),
        seconds=0.0,
        where=where,
        not_run=tuple(f"check {number}" for number in range(not_run)),
    )


def _counted(outcome: str, count: int) -> list[CheckResult]:
    """So many checks whose names the tags don't carry."""
    made = cast("Outcome", outcome)
    return [
        CheckResult(check=f"{outcome} {number}", outcome=made, seconds=0.0)
        for number in range(count)
    ]
