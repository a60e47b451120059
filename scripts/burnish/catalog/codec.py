"""JSON <-> dataclasses, for records and manifests that burnish itself wrote."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from pydantic import ValidationError

from burnish.catalog.validate import adapter
from burnish.errors import BurnishError

T = TypeVar("T")


class JsonCodec:
    """Reads and writes one dataclass as indented JSON with a stable order of keys."""

    def dump(self, value: Any) -> str:
        """The JSON text of a dataclass, ending with a line feed."""
        return adapter(type(value)).dump_json(value, indent=2).decode() + "\n"

    def load(self, text: str, kind: type[T], *, source: str) -> T:
        """The object in `text`; BurnishError names `source` if it is not one."""
        try:
            return cast("T", adapter(kind).validate_json(text))
        except ValidationError as error:
            raise BurnishError(
                f"{source}: not a {kind.__name__} that this burnish can read: {error.error_count()} problems",
                hint="it was altered, or written by another version of burnish; remove it to build anew",
            ) from error
