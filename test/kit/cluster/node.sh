#!/bin/bash
# First process of the test node, alone in its own pid, mount and network namespaces, which it prepares and then holds.
# All the node does to processes, mounts, interfaces, routes and packet rules happens in here and ends with this process.
# Usage: node.sh <pause binary> <state folder> <cache folder>
set -euo pipefail
pause=$1 state=$2

# Folders that Kubernetes or containerd write to wherever one tells them to keep their state: empty ones, instead of the machine's.
mount --make-rshared /
exec {state_fd}< "$state" {cache_fd}< "$3"
for folder in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
for kept in "$state:$state_fd" "$3:$cache_fd"; do
  mkdir -p "${kept%:*}"
  mount --bind "/proc/self/fd/${kept##*:}" "${kept%:*}"
done
exec {state_fd}<&- {cache_fd}<&-

# The kubelet sets these for the whole machine, unless they are already so: show it that they are.
pin() {
  printf '%s\n' "$2" > "$state/sysctl/${1//\//.}"
  mount --bind "$state/sysctl/${1//\//.}" "/proc/sys/$1"
}
mkdir -p "$state/sysctl"
pin vm/overcommit_memory 1
pin vm/panic_on_oom 0
pin kernel/panic 10
pin kernel/panic_on_oops 1
pin kernel/keys/root_maxkeys 1000000
pin kernel/keys/root_maxbytes 25000000

# Its own to change: this namespace's forwarding, and no IPv6 on its wires, whose link-local addresses would lead pods to the
# node around every network policy.
echo 1 > /proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/ipv6 ] || echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
ip link set lo up
exec "$pause" "$state"
