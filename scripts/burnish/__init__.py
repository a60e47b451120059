"""burnish: an open golden image factory for data-science VMs."""

__version__ = "0.1.0"
