"""Reads the templates of docs/deploy/, both forms of them, and holds what they make to Azure's schemas."""
