#!/bin/sh
# Runs in a Debian that is thrown away afterwards (./build.sh publish --verify). Each line that begins with "ok:" is a result.
set -e
export DEBIAN_FRONTEND=noninteractive
said() { echo "ok: $*"; }
fault() {
  echo "FAULT: $*"
  exit 1
}
# A word of the command line, and no function: in the background that would be a shell, which takes the signals.
as_user='setpriv --reuid=failover --regid=failover --clear-groups env -i PATH=/usr/bin:/bin RUNTIME_DIRECTORY=/run/failover'
# of_unit KEY: a command of the unit, as systemd starts it.
of_unit() { sed -n "s/^$1=//p" /usr/lib/systemd/system/failover.service; }
meanwhile() { :; }
# answers COMMAND ...: starts a daemon, waits until it is ready, ends it. STATUS is the command that tells, meanwhile what is done while it serves.
answers() {
  "$@" &
  daemon=$!
  # The first probes of targets that do not answer take 10 s.
  for second in $(seq 20); do
    # Real time: a process of its own, and nothing to be told by.
    sleep 1
    if $STATUS; then
      meanwhile
      kill "$daemon"
      wait "$daemon" || fault "it ended with $?"
      return
    fi
  done
  kill "$daemon" 2>/dev/null || true
  fault 'it is not ready after 20 s'
}

apt-get update
apt-get install --yes --no-install-recommends /packages/failover.deb
failover --version
id failover
[ "$(stat -c '%U %a' /var/lib/failover)" = 'failover 700' ] || fault "/var/lib/failover: $(stat -c '%U %a' /var/lib/failover)"
for file in /usr/lib/systemd/system/failover.service /usr/lib/systemd/system/failover.socket /usr/share/bash-completion/completions/failover \
  /usr/share/failover/prometheus/failover.rules.yml /usr/share/zsh/vendor-completions/_failover /usr/share/fish/vendor_completions.d/failover.fish /usr/share/doc/failover/copyright; do
  [ -s "$file" ] || fault "missing: $file"
done
grep -q '^ExecStart=/usr/bin/failover ' /usr/lib/systemd/system/failover.service || fault 'the unit starts another program'
[ -L /etc/systemd/system/multi-user.target.wants/failover.service ] || fault 'the unit is not enabled'
$as_user failover check
said 'installed: user, unit, completions; the example is valid for the user of the unit'

# What systemd makes for the unit (RuntimeDirectory).
install -d -m 750 -o failover -g failover /run/failover
meanwhile() {
  configuration=/etc/failover/failover.yaml
  cp "$configuration" /tmp/valid.yaml
  echo 'listn: 1' >>"$configuration"
  status=0
  $as_user $(of_unit ExecReload) || status=$?
  [ "$status" = 78 ] || fault "ExecReload with an invalid configuration: $status, not 78"
  cat /tmp/valid.yaml >"$configuration"
  $as_user $(of_unit ExecReload) || fault "ExecReload: $?"
}
STATUS='failover status --ready'
answers $as_user $(of_unit ExecStart)
meanwhile() { :; }
[ -s /var/lib/failover/state.db ] || fault 'no state file'
said 'ExecStart and ExecReload of the unit, as its user: the example is served; a reload is taken, and an invalid one fails'

sed -i 's/^listen: .*/listen: 127.0.0.1:8082/' /etc/failover/failover.yaml
apt-get install --yes --no-install-recommends /packages/newer.deb
grep -q 8082 /etc/failover/failover.yaml || fault 'an upgrade has overwritten the configuration'
[ -s /var/lib/failover/state.db ] || fault 'an upgrade has removed the state'
said 'upgraded: the edited configuration and the state stay'

apt-get remove --yes failover
[ ! -e /usr/bin/failover ] || fault 'removed, and the program is there'
grep -q 8082 /etc/failover/failover.yaml || fault 'a removal has removed the configuration'
apt-get purge --yes failover
for path in /etc/failover /var/lib/failover /etc/systemd/system/multi-user.target.wants/failover.service /etc/systemd/system/failover.service; do
  [ ! -e "$path" ] && [ ! -L "$path" ] || fault "purged, and $path is there"
done
said 'removed and purged: nothing is left but the user'

# The root of the container, as its image has it: read-only, no shell, not root.
sh -e /packaging/container-root.sh /packaging/failover-linux-x64 /container
[ ! -e /container/bin/sh ] || fault 'there is a shell in the container'
printf 'listen: 127.0.0.1:8083\ncomponents: {mail: {tcp: "127.0.0.1:1"}}\n' >/container/etc/failover/failover.yaml
mount --bind /container /container
mount -o remount,bind,ro /container
mount -t tmpfs -o uid=65532,gid=65532,mode=700 tmpfs /container/var/lib/failover
# Which every engine gives a container.
mount -t proc proc /container/proc
mount --rbind /dev /container/dev
inside='chroot --userspec=65532:65532 /container /usr/bin/failover'
! chroot --userspec=65532:65532 /container /usr/bin/failover status --ready || fault 'ready, and no daemon runs'
STATUS="$inside status --ready"
answers $inside run
[ -s /container/var/lib/failover/state.db ] || fault 'no state file in the container'
said 'the root of the container serves, read-only and not as root; its health check is 0 while the target is down, not 0 without a daemon'
