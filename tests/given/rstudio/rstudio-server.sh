#!/bin/sh
# A fixture: it plays the administrators' command of RStudio Server in burnish's tests.
case "$1" in
  version) echo '0.0.1+fixture (Fixture) for tests of burnish' ;;
  verify-installation)
    if pgrep -x rserver > /dev/null; then
      echo 'Server is running and must be stopped before running verify-installation'
      exit 1
    fi
    exec /usr/lib/rstudio-server/bin/rserver --verify-installation=1 --server-daemonize=0
    ;;
  *) exit 2 ;;
esac
