"""Takes what a night did about each image; gives the page that a person reads in a minute (Markdown)."""

from __future__ import annotations

from collections.abc import Sequence

from burnish.evidence.explained import moved
from burnish.evidence.markdown import table
from burnish.model.night import LayerFate, Night

# In the order in which somebody has to look at them.
WORDS = {
    "failed": "**FAILED**",
    "unproven": "**NOT PROVEN**",
    "candidate": "**held back as a candidate**",
    "promoted": "new stable version",
    "proven": "proven again",
    "due": "would be built",
    "unchanged": "nothing to do",
    "elsewhere": "not built here",
}
REASONS = 4  # told for each layer; the rest is counted


def summary(nights: Sequence[Night], *, began: str, seconds: float) -> str:
    """The whole page: a line an image, then what is to be said of those that did something."""
    order = list(WORDS)
    nights = sorted(nights, key=lambda night: (order.index(night.outcome), night.image))
    head = ("image", "tonight", "version", "pins moved", "layers made anew", "minutes", "why")
    parts = [
        f"# Nightly {began}\n",
        f"{counted(nights)}; {seconds / 60:.1f} minutes in all.\n",
        table(head, [_row(night) for night in nights]),
    ]
    parts += [_section(night) for night in nights if _tells(night)]
    return "\n".join(parts)


def counted(nights: Sequence[Night]) -> str:
    """`5 images: 1 new stable version, 3 nothing to do, 1 not built here`."""
    outcomes = [night.outcome for night in nights]
    told = [
        f"{outcomes.count(outcome)} {words.strip('*').lower()}"
        for outcome, words in WORDS.items()
        if outcome in outcomes
    ]
    return f"{len(nights)} image{'' if len(nights) == 1 else 's'}: {', '.join(told)}"


def _tells(night: Night) -> bool:
    return bool(night.attempts or night.moves or night.gates or night.upgraded)


def _row(night: Night) -> tuple[object, ...]:
    made = [layer for layer in night.layers if layer.why]
    layers = f"{len(made)} of {len(night.layers)}" if night.layers else "-"
    return (
        night.image,
        WORDS[night.outcome],
        night.version or "-",
        len(night.moves),
        layers,
        f"{night.seconds / 60:.1f}" if night.seconds else "-",
        f"{night.why}; its lock was not upgraded" if night.upgraded else night.why,
    )


def _section(night: Night) -> str:
    parts = [f"## {night.image} {night.version}\n"]
    if night.upgraded:
        parts.append(f"The lock was taken as it was: {night.upgraded}\n")
    parts += [
        _attempts(night),
        _layers(night.layers),
        _moved(night),
        _gates(night),
        _unfixed(night),
        night.times,
    ]
    if night.log and night.outcome in ("failed", "unproven"):
        parts.append(f"The whole log: `{night.log}`\n")
    return "\n".join(part for part in parts if part)


def _attempts(night: Night) -> str:
    tried = [attempt for attempt in night.attempts if attempt.kind]
    rows = [(each.kind, each.code, f"{each.seconds:.0f}", each.text) for each in tried]
    return table(("failure", "exit code", "seconds", "said"), rows) if rows else ""


def _layers(layers: Sequence[LayerFate]) -> str:
    rows = [(layer.name, _why(layer)) for layer in layers]
    return table(("layer", "what moved it"), rows) if rows else ""


def _moved(night: Night) -> str:
    return f"{moved(night.reasons)}\n" if night.reasons else ""


def _why(layer: LayerFate) -> str:
    shown = list(layer.why[:REASONS])
    if len(layer.why) > REASONS:
        shown.append(f"and {len(layer.why) - REASONS} more")
    return "; ".join(shown) or "unchanged"


def _unfixed(night: Night) -> str:
    lines = "\n".join(f"- {text}" for text in night.unfixed)
    return f"Known vulnerabilities without a fix:\n\n{lines}\n" if lines else ""


def _gates(night: Night) -> str:
    rows = [
        (gate.name, "passed" if gate.passed else "**FAILED**", gate.text) for gate in night.gates
    ]
    return table(("gate", "", "seen"), rows) if rows else ""
