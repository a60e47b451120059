#!/bin/sh
# A simulated GPU machine: sudo that asks nothing and changes nobody
while [ "${1#-}" != "$1" ]; do shift; done
exec "$@"
