"""The provisioning disc: ovf-env.xml in, a UDF image as Azure attaches it out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pycdlib

LABEL = "rd_rdfe_stable"  # what Azure's own is called; ds-identify knows it as none of NoCloud's
FILE = "ovf-env.xml"


def write(path: Path, *, text: str) -> None:
    """A disc with one file at its root."""
    disc, data = pycdlib.PyCdlib(), text.encode()
    disc.new(interchange_level=3, vol_ident=LABEL, udf="2.60")
    try:
        disc.add_fp(BytesIO(data), len(data), "/OVF_ENV.XML;1", udf_path=f"/{FILE}")
        disc.write(str(path))
    finally:
        disc.close()
