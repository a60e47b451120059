"""An emulator of Azure Resource Manager, as far as burnish speaks with it. Never the real thing."""
