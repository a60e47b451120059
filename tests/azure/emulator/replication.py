"""Copies of a version in its regions: each look at them moves them on, some stall, some fail."""

from __future__ import annotations

from emulator.state import Document, Pace, Resource, place, shown


def regions(profile: Document, *, home: str) -> list[Document]:
    """The target regions as ARM fills them in: its own names, counts and storage."""
    given = profile.get("targetRegions") or [{"name": home}]
    made = []
    for each in given:
        region = {**each, "name": shown(each["name"])}
        region.setdefault("regionalReplicaCount", profile.get("replicaCount", 1))
        region.setdefault("storageAccountType", profile.get("storageAccountType", "Standard_LRS"))
        region.setdefault("excludeFromLatest", False)
        made.append(region)
    return made


def plan(version: Resource) -> None:
    """New regions begin at nothing, those that are there stay where they are, others are gone."""
    wanted = [each["name"] for each in version.properties["publishingProfile"]["targetRegions"]]
    version.progress = {name: version.progress.get(name, 0) for name in wanted}
    version.failed = {name: text for name, text in version.failed.items() if name in wanted}


def look(version: Resource, pace: Pace) -> Document:
    """The status that is answered; what is going on goes on by one step."""
    made = version.provisioning in ("Succeeded", "Updating")
    stalled = {place(name) for name in pace.stalled}
    failing = {place(name): text for name, text in pace.failing.items()}
    summary = []
    for name, before in version.progress.items():
        if place(name) in failing:
            version.failed[name] = failing[place(name)]
        failed = name in version.failed
        if made and not failed and place(name) not in stalled:
            version.progress[name] = min(100, before + pace.step)
        percent = version.progress[name]
        state = "Failed" if failed else "Completed" if percent == 100 else "Replicating"
        text = version.failed.get(name, "")
        summary.append({"region": name, "state": state, "details": text, "progress": percent})
    return {"aggregatedState": _whole({str(each["state"]) for each in summary}), "summary": summary}


def _whole(states: set[str]) -> str:
    if "Failed" in states:
        return "Failed"
    return "Completed" if states == {"Completed"} else "InProgress"
