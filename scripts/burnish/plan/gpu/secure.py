"""Takes a plan and what it has of GPUs; says whether its kernel modules load under Secure Boot."""

from __future__ import annotations

from burnish.model.gpu import Stack
from burnish.model.plan import Plan

ON_WINDOWS = "not verified here: Windows takes drivers that Microsoft has signed"


def secure_boot(stack: Stack, plan: Plan) -> str:
    """In words, beginning with yes or no, or with what nobody has seen."""
    if plan.base.os == "windows":
        return ON_WINDOWS
    signed = [layer.name for layer in plan.layers if layer.signing]
    if plan.signing and signed:
        return (
            f"yes, where the firmware has the certificate {plan.signing.name!r} in its db: "
            f"its key signs what {', '.join(signed)} builds"
        )
    if stack.unsigned:
        return f"no, nobody signs what {', '.join(stack.unsigned)} builds"
    return "yes, the distribution signs all of them"
