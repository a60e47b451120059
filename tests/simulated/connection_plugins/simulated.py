"""Takes what Ansible sends a Windows host; gives what the simulated host answers. Nothing is reached."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.connection import ConnectionBase
from ansible.plugins.loader import action_loader
from simulator import options, raw, seed, wire
from simulator.host import SAME, Host

DOCUMENTATION = """
name: simulated
short_description: a simulated Windows host, for tests
description:
  - Stands in for a Windows machine. It validates each call, keeps a state and writes a journal.
options:
  folder:
    description: Where the state and the journal are kept.
    type: path
    required: true
    env: [{name: BURNISH_SIMULATED_FOLDER}]
    vars: [{name: ansible_simulated_folder}]
  answers:
    description: Files of answers, one for each role that is applied.
    type: pathspec
    default: []
    env: [{name: BURNISH_SIMULATED_ANSWERS}]
    vars: [{name: ansible_simulated_answers}]
  remote_user:
    description: Whom the host would be told to work as.
    default: Administrator
    vars: [{name: ansible_user}]
"""
WINDOWS = ("ansible.windows.", "community.windows.", "microsoft.", "chocolatey.")


class Connection(ConnectionBase):  # type: ignore[misc]
    """As the one over WinRM presents itself: real modules for Windows are sent, in one go."""

    transport = "simulated"
    module_implementation_preferences = (".ps1", ".exe", "")
    allow_executable = False
    has_pipelining = True
    allow_extras = True

    def __init__(self, *given: Any, **named: Any) -> None:
        self.always_pipeline_modules = True
        self.has_native_async = True
        self._shell_type = "powershell"
        self.task: Mapping[str, Any] = {}
        super().__init__(*given, **named)

    def set_options(self, *given: Any, **named: Any) -> None:
        """Ansible gives the task here, before it runs: the only place where an action plugin's own
        options can be seen, which no module is ever sent (win_reboot, win_template)."""
        super().set_options(*given, **named)
        self.task = named.get("task_keys") or {}
        action = SAME.sub("ansible.windows.", str(self.task.get("action") or ""))
        if not action.startswith(WINDOWS) or not action_loader.find_plugin(action):
            return
        arguments = self.task.get("args") or {}
        if wrong := options.problems(action, arguments):
            msg = f"simulated host: {action}: {'; '.join(wrong)}"
            call = wire.Call(module=action, arguments=arguments)
            told = {"failed": True, "msg": msg, "refused": "options"}
            self.host.journal(call, told, stored=False, pending=False)
            raise AnsibleError(msg)

    @cached_property
    def host(self) -> Host:
        """The machine, from where it keeps itself."""
        answers, there = seed.told([Path(each) for each in self.get_option("answers")])
        return Host(folder=Path(self.get_option("folder")), answers=answers, there=there)

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """One round trip."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        code, out, err = self._said(cmd, in_data)
        return code, out.encode(), err.encode()

    def _said(self, cmd: str, in_data: bytes | None) -> raw.Said:
        if not in_data:
            return raw.run(self.host, wire.script_of(cmd), task=self.task)
        message = wire.parse(in_data)
        if isinstance(message, wire.Script):
            return raw.own(self.host, message)
        result = self.host.ask(message)
        return int(bool(result.get("failed"))), json.dumps(result), ""

    def put_file(self, in_path: str, out_path: str) -> None:
        """A file that a module is about to be told of."""
        super().put_file(in_path, out_path)
        machine = self.host.state()
        content = base64.b64encode(Path(in_path).read_bytes()).decode()
        machine.uploads[machine.key(self._shell._unquote(out_path))] = content
        self.host.keep(machine)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """A file of known content."""
        super().fetch_file(in_path, out_path)
        found = self.host.state().file(self._shell._unquote(in_path))
        if not found or "content" not in found:
            raise AnsibleError(f"simulated host: the content of {in_path} is not known")
        Path(out_path).write_bytes(base64.b64decode(found["content"]))

    def reset(self) -> None:
        """A connection anew, as after a restart."""
        self.close()
        self._connect()

    def close(self) -> None:
        """Nothing is held open."""
        self._connected = False
