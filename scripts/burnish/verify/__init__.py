"""Which checks a plan needs at which level; JUnit -> `Verdict`. Pure."""
