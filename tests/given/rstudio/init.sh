#!/bin/sh
# A fixture: it plays the start script of RStudio Server in burnish's tests.
### BEGIN INIT INFO
# Provides:          rstudio-server
# Required-Start:    $local_fs
# Required-Stop:     $local_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: a fixture
### END INIT INFO
server=/usr/lib/rstudio-server/bin/rserver pid=/run/rstudio-server.pid
case "$1" in
  start) start-stop-daemon --start --background --make-pidfile --pidfile $pid --exec $server ;;
  stop) start-stop-daemon --stop --retry 10 --remove-pidfile --pidfile $pid ;;
  *) exit 2 ;;
esac
