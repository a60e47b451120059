"""Artifacts and verdicts -> `Manifest`; manifests -> reports. Pure."""
