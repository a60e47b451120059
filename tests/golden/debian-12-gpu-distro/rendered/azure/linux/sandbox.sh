# A second system on a machine that is about to become an image: its own files, seen through a layer in
# memory, made to forget this machine as the image will be, and started. What checks do there is gone with
# it, so nothing of it gets into the image. Run by root on the machine, with systemd and cgroups v2:
#   sandbox start USER   sandbox enter   sandbox stop
# Beside it lie `generalise` (what is run before the capture), `key.pub` (who may log in) and `builder` (who
# builds the machine, and will be gone).
set -eu
name=burnish-checks
here=/run/$name
up=600 # seconds for its start

first_process() {
  main=$(systemctl show --property=MainPID --value "$name.service")
  tr -d ' ' < "/proc/$main/task/$main/children"
}

inside() {
  nsenter --target "$(first_process)" --all -- "$@"
}

start() {
  user=$1
  ssh-keygen -q -t ed25519 -N '' -f "$here/host_key"
  cat > "$here/sshd_config" << EOF
HostKey /run/$name/host_key
AuthorizedKeysFile /run/$name/key.pub
AllowUsers $user
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
PrintMotd no
PidFile none
EOF
  # systemd lends it a part of its cgroups
  systemd-run --quiet --collect --unit="$name" --property=Delegate=yes --property=TimeoutStopSec=5 -- \
    unshare --mount --uts --ipc --net --pid --cgroup --fork --kill-child -- sh "$here/sandbox" first "$user"
  state='' waited=0
  while [ "$waited" -lt "$up" ]; do
    state=$(inside systemctl is-system-running 2> /dev/null) || true
    case $state in running | degraded) return 0 ;; esac
    systemctl --quiet is-active "$name.service" || break
    sleep 2
    waited=$((waited + 2))
  done
  echo "burnish: the machine's second system is ${state:-not up} after $waited s"
  journalctl --no-pager --lines=20 --unit="$name.service"
  stop
  exit 1
}

# Its first process, still among the files of the machine.
first() {
  user=$1 room=$here/room root=$here/room/root
  mount --make-rprivate /
  mkdir -p "$room"
  mount -t tmpfs -o size=80%,mode=0755 "$name" "$room"
  mkdir "$room/upper" "$room/work" "$root"
  mount -t overlay -o "lowerdir=/,upperdir=$room/upper,workdir=$room/work" "$name" "$root"
  surroundings
  chroot "$root" sh -e "/run/$name/generalise" "$(cat "$here/builder")" < /dev/null
  chroot "$root" useradd --create-home --shell /bin/bash "$user"
  echo "$user ALL=(ALL) NOPASSWD:ALL" > "$root/etc/sudoers.d/$name"
  chmod 0440 "$root/etc/sudoers.d/$name"
  # its disk is mounted already, and there is no Azure in there: nobody waits for it
  : > "$root/etc/fstab"
  touch "$root/etc/cloud/cloud-init.disabled"
  cd "$root"
  mkdir run/old
  pivot_root . run/old
  exec chroot . sh -c 'umount --lazy /run/old && rmdir /run/old && exec env -i container=burnish /sbin/init' \
    < /dev/null > /dev/null 2>&1
}

# What a container has of its host: of the kernel's settings and of the devices only harmless ones.
surroundings() {
  mount -t proc proc "$root/proc"
  for each in sys sysrq-trigger; do
    mount --bind "$root/proc/$each" "$root/proc/$each"
    mount -o remount,bind,ro "$root/proc/$each"
  done
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  mount -t tmpfs -o mode=0755,nosuid tmpfs "$root/dev"
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
  for each in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 0666 "$root/dev/${each%:*}" c 1 "${each#*:}"
  done
  mknod -m 0666 "$root/dev/tty" c 5 0
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s fd/0 "$root/dev/stdin"
  ln -s fd/1 "$root/dev/stdout"
  ln -s fd/2 "$root/dev/stderr"
  mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs "$root/run"
  mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
  mkdir -p "$root/run/lock" "$root/run/sshd" "$root/run/$name"
  cp "$here/generalise" "$here/key.pub" "$here/host_key" "$here/sshd_config" "$root/run/$name/"
  # what the seal left for later lies there
  if [ -d /run/burnish-last ]; then cp -r /run/burnish-last "$root/run/"; fi
}

# A daemon for one log-in, over what `enter` is spoken to by: no port, no network.
enter() {
  pid=$(first_process)
  # into its cgroup first: from outside of it systemd could not make a session of the log-in
  echo $$ > "/sys/fs/cgroup$(cut -d: -f3 "/proc/$pid/cgroup")/cgroup.procs"
  exec nsenter --target "$pid" --all -- /usr/sbin/sshd -i -f "/run/$name/sshd_config"
}

stop() {
  systemctl kill --signal=KILL "$name.service" 2> /dev/null || true
  while systemctl --quiet is-active "$name.service"; do sleep 1; done
  rm -rf "$here"
}

"$@"
