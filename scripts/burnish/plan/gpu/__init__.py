"""What of an image has to do with GPUs, and whether it goes together: pure, against a table of facts."""
