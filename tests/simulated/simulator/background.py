"""Takes what goes on by itself: jobs that were started and are asked for later, and updates."""

from __future__ import annotations

from typing import Any

from simulator.asked import Asked, Refused, Result

FOLDER = r"C:\Users\Administrator\.ansible_async"
DONE = 2


def started(asked: Asked, job: str, *, result: Result) -> Result:
    """A job's first word. Its work is done at once; its end is told when it is asked for."""
    asked.state.jobs[job] = result
    place = rf"{FOLDER}\{job}"
    return {"ansible_job_id": job, "started": 1, "finished": 0, "results_file": place}


def async_status(asked: Asked) -> Result:
    """A job's end, or that it was cleaned away."""
    jobs, job = asked.state.jobs, asked["jid"]
    if job not in jobs:
        raise Refused(f"could not find job at '{FOLDER}'", ansible_job_id=job, finished=1)
    if asked["mode"] == "cleanup":
        del jobs[job]
        return {"changed": False, "ansible_job_id": job, "erased": rf"{FOLDER}\{job}"}
    return {**jobs[job], "ansible_job_id": job, "started": 1, "finished": 1}


def win_updates(asked: Asked) -> Result:
    """What the action plugin asks for: start, poll to the end, cancel. The answers name the updates."""
    ways = {"start": _start, "poll": _poll, "cancel": _cancel}
    if (asked["_operation_options"] or {}).get("wait"):
        return _waited(asked)
    return ways[asked["_operation"] or "start"](asked)


def _start(asked: Asked) -> Result:
    asked.state.jobs["updates"] = {"state": asked["state"], "check": asked.check}
    return {
        "changed": False,
        "cancel_options": {"cancel_id": "updates"},
        "poll_options": {"pipe_name": "updates"},
    }


def _poll(asked: Asked) -> Result:
    job = asked.state.jobs["updates"]
    found = _open(asked)
    output: list[dict[str, Any]] = [
        {"task": "search_result", "result": {"updates": found, "filtered": []}}
    ]
    install = job["state"] == "installed" and not asked.check
    if install and found:
        info = [{"id": each["id"], "result_code": DONE, "hresult": 0} for each in found]
        output += [
            {"task": "download_result", "result": {"info": [dict(each) for each in info]}},
            {"task": "install_result", "result": {"info": info}},
        ]
    reboot = install and _install(asked, found)
    changed = bool(found) and job["state"] == "installed"
    ended = {"changed": changed, "reboot_required": reboot, "failed": False}
    return {"changed": changed, "output": [*output, {"task": "exit", "result": ended}]}


def _cancel(asked: Asked) -> Result:
    asked.state.jobs.pop("updates", None)
    return {"changed": False}


def _waited(asked: Asked) -> Result:
    """As a task with async has it: the module itself waits."""
    found = _open(asked)
    install = asked["state"] == "installed" and not asked.check
    reboot = install and _install(asked, found)
    return {
        "changed": bool(found) and asked["state"] == "installed",
        "found_update_count": len(found),
        "installed_update_count": len(found) if install else 0,
        "failed_update_count": 0,
        "reboot_required": reboot,
        "updates": {each["id"]: each for each in found},
        "filtered_updates": {},
    }


def _open(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"kb": [], "categories": [], **each}
        for each in asked.answers.updates
        if each["id"] not in asked.state.updates
    ]


def _install(asked: Asked, found: list[dict[str, Any]]) -> bool:
    asked.state.updates.update({each["id"]: each["title"] for each in found})
    reboot = any(each.get("reboot") for each in found)
    if reboot:
        asked.state.values["reboot_pending"] = True
    return reboot


ANSWERS = {
    "ansible.windows.async_status": async_status,
    "ansible.windows.win_updates": win_updates,
}
