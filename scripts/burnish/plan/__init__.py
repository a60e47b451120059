"""Catalog x image x lock -> `Plan`; plan x host x store -> `Schedule`. Pure."""
