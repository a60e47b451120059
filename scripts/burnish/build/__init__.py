"""Effects that make things: root filesystems, layers, disks, running machines."""
