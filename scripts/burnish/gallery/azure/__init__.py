"""The gallery that is an Azure Compute Gallery."""
