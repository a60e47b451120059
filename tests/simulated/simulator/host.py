"""Takes one message from the wire; gives the answer, and keeps the state and the journal.

A module that has a model of its own (ANSWERS) is answered by it. One that only asks needs an answer of
the role's file. Of every other one it is kept what was asked of which subject: a new word on it is a
change, the last word again is none.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import background, commands, facts, files, options, packages, registry, state, system
from simulator.answers import Answers
from simulator.asked import Answer, Asked, Refused, Result
from simulator.state import State
from simulator.subjects import subject
from simulator.wire import Call

ANSWERS: Mapping[str, Answer] = {
    **background.ANSWERS,
    **commands.ANSWERS,
    **facts.ANSWERS,
    **files.ANSWERS,
    **packages.ANSWERS,
    **registry.ANSWERS,
    **system.ANSWERS,
}
# one module under several names: a builtin one is redirected to its like for Windows
SAME = re.compile(r"^ansible\.(legacy|builtin)\.(?=setup$|slurp$|async_status$|win_)")
# a module that moved from one collection to another is about the same things
SAME_HERE = re.compile(r"^(ansible|community)\.windows\.")
ASKS = re.compile(r"(_info|_facts|_stat)$|\.win_(ping|whoami|wait_for|wait_for_process|uri)$")
ALWAYS = {"ansible.windows.win_ping": {"ping": "pong"}, "ansible.windows.win_wait_for": {}}
SECRET = re.compile(r"password|passphrase|secret|token", re.IGNORECASE)
STRUCK = "***"


@dataclass(frozen=True, kw_only=True)
class Host:
    """Where the simulated host keeps itself, and what its roles told it to say."""

    folder: Path
    answers: Answers
    there: Sequence[str] = ()

    def ask(self, call: Call) -> Result:
        """A module's result; what is wrong with the call is its failure."""
        call = Call(**{**vars(call), "module": SAME.sub("ansible.windows.", call.module)})
        before = self.state()
        working = before.copy()
        try:
            result = self._answer(call, working)
        except Refused as refused:
            working = before
            result = {**refused.result, "failed": True, "msg": str(refused)}
        except options.NoDocumentation as unknown:
            result = {"failed": True, "msg": f"simulated host: {unknown}"}
        kept = before.copy() if call.check else working
        # what runs by itself writes down how it ended in check mode too
        kept.values["jobs"] = working.jobs
        stored = {**kept.values, "jobs": 0} != {**before.values, "jobs": 0}
        if stored or working.jobs != before.jobs:
            self.keep(kept)
        self.journal(call, result, stored=stored, pending=before.reboot_pending)
        return result

    def _answer(self, call: Call, working: State) -> Result:
        if wrong := options.problems(call.module, call.arguments):
            raise Refused(f"simulated host: {call.module}: {'; '.join(wrong)}", refused="options")
        full = {**call.arguments, **options.filled(call.module, call.arguments)}
        asked = Asked(
            module=call.module,
            arguments=full,
            check=call.check,
            state=working,
            answers=self.answers,
        )
        result = ANSWERS.get(call.module, _otherwise)(asked)
        return background.started(asked, call.job, result=result) if call.job else result

    def state(self) -> State:
        """The machine now: as it was installed, with what the layers below left, at the first call."""
        found = state.load(self.folder / "state.json")
        if found:
            return found
        made = state.fresh()
        for path in self.there:
            made.bring(path)
        for name in self.answers.services:
            made.services[name.lower()] = {"name": name, "start_mode": "auto", "state": "started"}
        self.folder.mkdir(parents=True, exist_ok=True)
        return made

    def keep(self, changed: State) -> None:
        """The machine from now on."""
        state.save(self.folder / "state.json", changed)

    def journal(self, call: Call, result: Result, *, stored: bool, pending: bool) -> None:
        """One line for each call, secrets struck out."""
        told = ("failed", "msg", "rc", "reboot_required", "skipped", "refused")
        line = {
            "run": os.getppid(),
            "module": call.module,
            "arguments": struck(call.arguments),
            "check": call.check,
            "changed": bool(result.get("changed")),
            "stored": stored,
            "pending": pending,
            **{key: result[key] for key in told if result.get(key)},
        }
        with (self.folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(line, sort_keys=True) + "\n")


def _otherwise(asked: Asked) -> Result:
    """A module without a model of its own."""
    if told := asked.answers.modules.get(asked.module, ALWAYS.get(asked.module)):
        return {"changed": False, **told}
    if ASKS.search(asked.module):
        raise Refused(
            f"simulated host: nothing to answer {asked.module} with; write it under `modules:` into"
            f" {commands.PLACE}"
        )
    about = [asked[name] for name in subject(asked.module)]
    key = json.dumps([SAME_HERE.sub("", asked.module), *about], default=str).lower()
    word = json.loads(json.dumps(struck(asked.arguments), default=str))
    known, asked.state.subjects[key] = asked.state.subjects.get(key), word
    return {"changed": known != word}


def struck(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments without the values of those that are secrets by their name."""
    return {
        key: STRUCK if SECRET.search(key) and isinstance(value, str) and value else value
        for key, value in arguments.items()
    }
