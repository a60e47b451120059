"""Renders the templates of `settings` on the controller; one call of the module writes them all."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader

MODULE = "burnish.build.settings"
LOOKUP = "ansible.builtin.template"


class ActionModule(ActionBase):  # type: ignore[misc]
    """Expands `each`, renders `src`, hands all of it to the module."""

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """What the module answers."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        files = self._task.args.get("files")
        if not isinstance(files, list):
            raise AnsibleActionFail("files: a list is needed")
        entries = [each for entry in files for each in self._expanded(entry, task_vars or {})]
        arguments = {"files": entries}
        result.update(
            self._execute_module(module_name=MODULE, module_args=arguments, task_vars=task_vars)
        )
        return result

    def _expanded(self, entry: dict[str, Any], task_vars: dict[str, Any]) -> list[dict[str, Any]]:
        """One entry for each name, its content rendered."""
        names = entry.get("each", [None])
        return [self._rendered(entry, name, task_vars=task_vars) for name in names]

    def _rendered(
        self, entry: dict[str, Any], name: str | None, *, task_vars: dict[str, Any]
    ) -> dict[str, Any]:
        made = {key: entry[key] for key in ("dest", "link", "mode") if key in entry}
        variables = task_vars
        if name is not None:
            variables = {**task_vars, "item": name}
            for key in ("dest", "link"):
                if key in made:
                    made[key] = str(made[key]).replace("{item}", name)
        if "src" in entry:
            lookup = lookup_loader.get(LOOKUP, loader=self._loader, templar=self._templar)
            (made["content"],) = lookup.run([entry["src"]], variables=variables)
        return made
