#!/bin/sh
# container-root.sh PROGRAM FOLDER: makes the root of the container from a Debian, with what the program loads and nothing else:
# no shell, no package manager.
set -eu
program=$1
root=$2

export DEBIAN_FRONTEND=noninteractive
apt-get update >/dev/null
# OpenSSL for HTTPS and hashes, libcrypt for password files; the program loads them by name (dlopen).
apt-get install --yes --no-install-recommends ca-certificates libcrypt1 'libssl3*' >/dev/null

mkdir -p "$root/usr/bin" "$root/etc/failover" "$root/etc/ssl/certs" "$root/proc" "$root/dev" "$root/run" "$root/tmp"
install -m 755 "$program" "$root/usr/bin/failover"
libraries=$(ldconfig -p | sed -n 's/.* => \(.*\/\(libssl\.so\.3\|libcrypto\.so\.3\|libcrypt\.so\.1\|libnss_dns\.so\.2\|libnss_files\.so\.2\)\)$/\1/p')
# Each by the name that it is loaded by, which is a link as often as not.
for library in $libraries $(ldd "$program" $libraries | grep -o '/[^ ]*' | grep -v ':$' | sort -u); do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp /etc/services /etc/protocols "$root/etc/" 2>/dev/null || true
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
echo 'failover:x:65532:65532::/:/nonexistent' >"$root/etc/passwd"
echo 'failover:x:65532:' >"$root/etc/group"
install -d -m 700 -o 65532 -g 65532 "$root/var/lib/failover"
