"""What every check stands on: facts of the image, selection by level, work programs, the tree."""
