"""What the Swagger at hand lacks: members of newer versions that the SDK speaks, and rules of no Swagger.

The SDK's versions are newer than the newest Swagger that could be had; each member that came since is here
with where it is from. Nothing else is allowed beside the Swagger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TEXT: Mapping[str, Any] = {"type": "string"}
WHOLE: Mapping[str, Any] = {"type": "integer"}
# version that the SDK (azure-mgmt-compute 39) asks for -> that of the Swagger
VERSIONS: Mapping[str, str] = {
    "2026-03-03": "2024-03-03",
    "2025-03-03": "2024-03-03",
    "2026-03-02": "2024-03-02",
    "2026-04-01": "2024-07-01",
}
# definition -> members; from the models of azure-mgmt-compute 39.0.0 and the template schema 2025-12-03
MEMBERS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "gallery.SoftDeletePolicy": {"retentionPeriodInDays": WHOLE, "gracePeriodInDays": WHOLE},
    "gallery.GalleryImageVersionPublishingProfile": {
        "storageAccountStrategy": {
            "type": "string",
            "enum": ["PreferStandard_ZRS", "DefaultStandard_LRS"],
        }
    },
}
# members that Azure answers with and no document has: seen in the recordings
ANSWERED: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "disk.DiskProperties": {"isArmResource": {"type": "boolean"}},
}
# operation -> parameters of its query
QUERY: Mapping[str, tuple[str, ...]] = {
    "GalleryImageVersions_Delete": ("bypassSoftDelete",),
}
# names in addresses, which the Swagger leaves open: azure.md 1.3 and az CLI 2.91
NAMES: Mapping[str, re.Pattern[str]] = {
    "galleryName": re.compile(r"[a-zA-Z0-9]([\w.]{0,78}[a-zA-Z0-9])?", re.ASCII),
    "galleryImageName": re.compile(r"[a-zA-Z0-9][\w.-]{0,79}(?<![-.])", re.ASCII),
    "galleryImageVersionName": re.compile(r"\d{1,10}\.\d{1,10}\.\d{1,10}"),
    "imageName": re.compile(r"[a-zA-Z0-9][\w.-]{0,79}(?<![-.])", re.ASCII),
    "diskName": re.compile(r"[a-zA-Z0-9][\w.-]{0,79}(?<![-.])", re.ASCII),
}
LARGEST = 2**31 - 1
# no Swagger of these was had; what is sent is an address, what is answered is told here in full
ERROR: Mapping[str, Any] = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "minLength": 1},
        "message": {"type": "string", "minLength": 1},
        "target": TEXT,
        "details": {"type": "array"},
        "additionalInfo": {"type": "array"},
        "innererror": {"type": "object"},
    },
    "additionalProperties": False,
}
# what Azure answers when something is wrong, whatever was asked (recordings; azure.md 1.4)
WRONG: Mapping[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": ERROR},
    "additionalProperties": False,
}
# the state of a long-running operation (recordings; azure.md 1.4)
OPERATION: Mapping[str, Any] = {
    "type": "object",
    "required": ["status", "name", "startTime"],
    "properties": {
        "name": TEXT,
        "startTime": TEXT,
        "endTime": TEXT,
        "status": {"enum": ["InProgress", "Succeeded", "Failed", "Canceled"]},
        "properties": {
            "type": "object",
            "properties": {"output": {}},
            "additionalProperties": False,
        },
        "error": ERROR,
    },
    "additionalProperties": False,
}
PERMISSIONS: Mapping[str, Any] = {
    "type": "object",
    "required": ["value"],
    "properties": {
        "nextLink": {"type": ["string", "null"]},
        "value": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    name: {"type": "array", "items": TEXT}
                    for name in ("actions", "notActions", "dataActions", "notDataActions")
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
