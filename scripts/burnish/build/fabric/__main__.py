"""`python -m burnish.build.fabric`: see `namespace`."""

import sys

from burnish.build.fabric.namespace import main

main(sys.argv[1:])
