#!/bin/sh
# Runs a script of sh as root in a Debian root: oracle-root.sh ROOT SCRIPT. The root gets its own process numbers,
# mounts, host name and network with nothing but a loopback, as the machine has them, so that nothing reaches this computer.
set -eu
if [ "${ORACLE_INSIDE:-}" = "" ]; then
  ORACLE_INSIDE=1 exec unshare --mount --pid --fork --uts --ipc --net --kill-child "$0" "$@"
fi
root=$1
script=$2
mount --make-rprivate /
mount -t tmpfs -o mode=755 dev "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$root/dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 "$root/dev/tty" c 5 0
mount -t devpts -o newinstance,ptmxmode=666,gid=5,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
hostname timeslice
ip link set lo up
printf '127.0.0.1\tlocalhost\n127.0.1.1\ttimeslice\n::1\tlocalhost ip6-localhost ip6-loopback\n' > "$root/etc/hosts"
ulimit -c 0
ulimit -n 1024
# Root as everywhere but for the clock, the kernel and the power of this computer.
exec setpriv --bounding-set=-sys_time,-sys_boot,-sys_module,-sys_rawio chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
  LANG=C.UTF-8 sh -c "$script" < /dev/null
