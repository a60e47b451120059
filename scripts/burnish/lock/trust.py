"""Takes who answered and what a tool said of it; gives the error of a certificate that is not trusted."""

from __future__ import annotations

from burnish.errors import ToolError


def untrusted(who: str, detail: str, *, so_far: str = "") -> ToolError:
    """What a TLS-inspecting proxy looks like from here, whichever tool met it."""
    return ToolError(
        f"{who} answers with a certificate that is not trusted here{so_far}\n{detail}",
        hint="a proxy that inspects TLS? name its certificate file as ca_bundle in site.yaml, "
        "or in SSL_CERT_FILE",
    )
