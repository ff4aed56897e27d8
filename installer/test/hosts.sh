#!/usr/bin/env bash
# Throw-away Debian hosts on this machine, for tests: an own root file system over a shared base, systemd as process 1, an
# address in a network of their own, and no route out. Needs root; never touches the machine's own network.
#
#   hosts.sh image               the base root file system, made once and kept in CACHE
#   hosts.sh up NAME...          makes and boots hosts; they get addresses in the order of the names
#   hosts.sh down                ends and removes all of them
#   hosts.sh run NAME COMMAND... runs a command on a host, as root
#   hosts.sh net COMMAND...      runs a command on the network the hosts are in
#   hosts.sh kill NAME           cuts the power;  hosts.sh start NAME  switches it on again
#   hosts.sh await NAME          waits until it has booted
#   hosts.sh address NAME
#   hosts.sh packages PACKAGE...  fetches a package and what it needs on a bare host, once, and prints the folder with its files
#   hosts.sh possible            whether this machine lets us; else it says why not
set -euo pipefail

# What a host is made of: an overlay, a network and a group of processes of its own.
possible() {
  local probe=/tmp/plab-probe-$$ tool
  [ "$(id -u)" = 0 ] || { echo "only root can"; exit 1; }
  for tool in mmdebstrap systemd-nspawn bats ansible-playbook ip; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 1; }
  done
  mkdir -p "$probe"/{lower,upper,work,root}
  trap 'rm -rf "$probe"' EXIT
  mount -t overlay probe -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/root" || exit 1
  umount "$probe/root"
  ip netns add "plab-probe-$$" || exit 1
  ip netns del "plab-probe-$$"
  [ -w /sys/fs/cgroup ] || { echo "/sys/fs/cgroup cannot be written"; exit 1; }
  exit 0
}
[ "${1:-}" != possible ] || possible

LAB=${LAB:?a folder for this lab}
CACHE=${CACHE:-/var/cache/palisade-test}
SUITE=bookworm
NET=10.77.0
# What a minimal server has; the product must need no more. sshd and Python are for Ansible.
PACKAGES=systemd,systemd-sysv,dbus,iproute2,procps,openssh-server,python3,sudo
id=$(printf '%s' "$LAB" | cksum | cut -d ' ' -f 1)
ns=plab-$id

image() {
  local tar=$CACHE/$SUITE.tar mirror
  [ ! -e "$tar" ] || return 0
  mkdir -p "$CACHE"
  mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
  [ -n "$mirror" ] || mirror=$(awk '$1 == "deb" { print $2; exit }' /etc/apt/sources.list)
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="$PACKAGES" "$SUITE" "$tar.new.tar" "$mirror"
  mv "$tar.new.tar" "$tar"
}

base() {
  [ ! -d "$LAB/base" ] || return 0
  mkdir -p "$LAB/base.new"
  tar -xf "$CACHE/$SUITE.tar" -C "$LAB/base.new" --numeric-owner
  rm -f "$LAB"/base.new/etc/ssh/ssh_host_* "$LAB"/base.new/etc/resolv.conf
  : >"$LAB/base.new/etc/machine-id"
  : >"$LAB/base.new/etc/resolv.conf"
  chroot "$LAB/base.new" systemctl mask -q console-getty.service getty.target systemd-resolved.service 2>/dev/null || true
  mv "$LAB/base.new" "$LAB/base"
}

# The only part besides the image that needs a mirror.
packages() {
  local dir=$LAB/fetch folder
  folder=$CACHE/packages-$SUITE-$(IFS=-; echo "$*")
  if [ ! -d "$folder" ]; then
    mkdir -p "$dir"/upper "$dir"/work "$dir"/root "$folder.new"
    mount -t overlay "$ns-fetch" -o "lowerdir=$LAB/base,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
    cp -L /etc/resolv.conf "$dir/root/etc/resolv.conf" 2>/dev/null || true
    cp /etc/hosts "$dir/root/etc/hosts"
    chroot "$dir/root" apt-get -qq -o Acquire::Check-Valid-Until=false update >&2
    chroot "$dir/root" apt-get -qq -y --no-install-recommends --download-only install "$@" >&2
    cp "$dir"/root/var/cache/apt/archives/*.deb "$folder.new/"
    umount "$dir/root"
    rm -rf "$dir"
    mv "$folder.new" "$folder"
  fi
  echo "$folder"
}

address() { cat "$LAB/$1/address"; }

# One host: overlay, network namespace, host key, and a way in for Ansible.
prepare() {
  local name=$1 number=$2 dir=$LAB/$1
  mkdir -p "$dir"/upper "$dir"/work "$dir"/root
  echo "$NET.$((number + 10))" >"$dir/address"
  mount -t overlay "$ns-$name" -o "lowerdir=$LAB/base,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
  ip netns add "$ns-$name"
  ip -n "$ns-$name" link set lo up
  ip link add "h$number-$id" netns "$ns" type veth peer name host0 netns "$ns-$name"
  ip -n "$ns" link set "h$number-$id" master br0 up
  ip -n "$ns-$name" addr add "$(address "$name")/24" dev host0
  ip -n "$ns-$name" link set host0 up
  echo "$name" >"$dir/root/etc/hostname"
  printf '127.0.0.1 localhost\n%s %s\n' "$(address "$name")" "$name" >"$dir/root/etc/hosts"
  ssh-keygen -q -t ed25519 -N '' -f "$dir/root/etc/ssh/ssh_host_ed25519_key"
  printf '%s,%s %s\n' "$(address "$name")" "$name" "$(cut -d ' ' -f 1,2 "$dir/root/etc/ssh/ssh_host_ed25519_key.pub")" >>"$LAB/known_hosts"
  install -d -m 0700 "$dir/root/root/.ssh"
  install -m 0600 "$LAB/key.pub" "$dir/root/root/.ssh/authorized_keys"
}

# A reboot inside ends systemd-nspawn with 133: then it is started again, as a machine would.
keep_running() {
  local name=$1 rc group
  for group in systemd unified freezer memory cpu cpuacct pids; do
    [ ! -d "/sys/fs/cgroup/$group/$ns/$name" ] || echo "$BASHPID" >"/sys/fs/cgroup/$group/$ns/$name/cgroup.procs"
  done
  while :; do
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn -q -D "$LAB/$name/root" -M "$name" --boot --register=no --keep-unit \
      --network-namespace-path="/run/netns/$ns-$name" --link-journal=no --resolv-conf=off --timezone=off --console=pipe &
    echo $! >"$LAB/$name/nspawn.pid"
    rc=0
    wait $! || rc=$?
    [ "$rc" = 133 ] || break
  done
  rm -f "$LAB/$name/nspawn.pid"
}

init_of() { pgrep -P "$(cat "$LAB/$1/nspawn.pid" 2>/dev/null || echo 0)" | head -n 1; }

start() {
  local name=$1 group
  for group in systemd unified freezer memory cpu cpuacct pids; do
    [ ! -d "/sys/fs/cgroup/$group" ] || mkdir -p "/sys/fs/cgroup/$group/$ns/$name"
  done
  setsid "$0" _keep_running "$name" </dev/null >>"$LAB/$name/console" 2>&1 &
}

await_boot() {
  local tries=0
  until run "$1" systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; do
    sleep 0.2
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { echo "$1 does not boot:" >&2; tail -n 30 "$LAB/$1/console" >&2; return 1; }
  done
}

run() {
  local name=$1 init
  shift
  init=$(init_of "$name")
  [ -n "$init" ] || { echo "$name does not run" >&2; return 125; }
  nsenter -t "$init" -m -u -i -n -p -C -- /usr/bin/env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

up() {
  local number=0 name
  mkdir -p "$LAB"
  image
  base
  ssh-keygen -q -t ed25519 -N '' -f "$LAB/key"
  : >"$LAB/known_hosts"
  ip netns add "$ns"
  ip -n "$ns" link set lo up
  ip -n "$ns" link add br0 type bridge forward_delay 0
  ip -n "$ns" addr add "$NET.1/24" dev br0
  ip -n "$ns" link set br0 up
  for name in "$@"; do
    number=$((number + 1))
    prepare "$name" "$number"
    start "$name"
  done
  for name in "$@"; do await_boot "$name"; done
}

# Returns when the host's last process is gone.
halt() {
  local name=$1 init tries=0 pid
  init=$(init_of "$name" || true)
  pid=$(cat "$LAB/$name/nspawn.pid" 2>/dev/null || true)
  [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
  [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
  while [ -n "$(find "/sys/fs/cgroup/systemd/$ns/$name" "/sys/fs/cgroup/unified/$ns/$name" "/sys/fs/cgroup/$ns/$name" \
    -name cgroup.procs -exec cat {} + 2>/dev/null)" ] && [ "$tries" -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
}

down() {
  local dir name group
  for dir in "$LAB"/*/; do
    [ -e "$dir/address" ] || continue
    name=$(basename "$dir")
    halt "$name"
    umount "$dir/root" 2>/dev/null || umount -l "$dir/root" 2>/dev/null || true
    ip netns del "$ns-$name" 2>/dev/null || true
  done
  ip netns del "$ns" 2>/dev/null || true
  for group in systemd unified freezer memory cpu cpuacct pids; do
    find "/sys/fs/cgroup/$group/$ns" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
  rm -rf --one-file-system "$LAB"
}

command=${1:?}
shift
case $command in
  image) image ;;
  up) up "$@" ;;
  down) down ;;
  run) run "$@" ;;
  net) ip netns exec "$ns" "$@" ;;
  kill) halt "$1" ;;
  start) start "$1"; await_boot "$1" ;;
  await) await_boot "$1" ;;
  address) address "$1" ;;
  packages) packages "$@" ;;
  _keep_running) keep_running "$1" ;;
  *) echo "no such command: $command" >&2; exit 64 ;;
esac
