# shellcheck shell=bash
# ./build.sh publish: what people download. Read by build.sh, which has step, note, die, need and try_daemon.

publish() {
  local verify=''
  case "$*" in
    '') ;;
    --verify) verify=yes ;;
    *) die "publish accepts --verify or nothing, got: $*" ;;
  esac
  need curl gcc zlib1g-dev
  [[ $(machine) != x64 ]] || need gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user

  # The time of every file in every package (https://reproducible-builds.org/specs/source-date-epoch).
  SOURCE_DATE_EPOCH=$(commit_time)
  export SOURCE_DATE_EPOCH
  mkdir -p artifacts
  rm -f artifacts/*.nupkg artifacts/*.snupkg artifacts/*.deb artifacts/failover* artifacts/*.txt artifacts/SHA256SUMS
  publish_packages
  publish_one_file
  [[ $(machine) != x64 ]] || publish_arm64
  # What MinVer made of the tag.
  version=$(artifacts/failover --version | cut -d ' ' -f 2)
  publish_inventory
  cp THIRD-PARTY-NOTICES.txt LICENSE artifacts/
  if [[ $(machine) == x64 ]] && command -v dpkg-deb >/dev/null; then
    step "artifacts/$(deb_name "$version")"
    make_deb "$version"
  fi
  (cd artifacts && sha256sum -- *.nupkg *.snupkg failover-linux-* failover.cdx.json $(ls -- *.deb 2>/dev/null) >SHA256SUMS)

  step 'try artifacts/failover'
  try_daemon "$PWD/artifacts/failover"
  [[ $(machine) != x64 ]] || try_arm64
  step 'try the tool package'
  try_tool
  step 'made'
  (cd artifacts && sed 's/^/    /' SHA256SUMS)
  [[ -z $verify ]] || verify_publish
}

machine() {
  case $(uname -m) in
    x86_64) echo x64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) die "no single file for $(uname -m); accepted: x86_64, aarch64" ;;
  esac
}

publish_packages() {
  local project
  for project in Failover.Core Failover Failover.Sqlite Failover.Cli; do
    step "package $project"
    dotnet pack "src/$project" -c "$configuration" -v quiet -p:Publishing=true \
      --artifacts-path artifacts/pack -o artifacts/
  done
}

# The file for this machine, as artifacts/failover-linux-… and artifacts/failover.
publish_one_file() {
  local architecture
  architecture=$(machine)
  compile "$architecture"
  cp "artifacts/failover-linux-$architecture" artifacts/failover
}

publish_arm64() {
  compile arm64 "-p:CrossCompiler=$PWD/packaging/aarch64-gcc"
}

# Into folders of its own: an ordinary build has another list of packages.
compile() {
  local architecture=$1 folder
  shift
  step "artifacts/failover-linux-$architecture"
  folder=$(mktemp -d)
  nice dotnet publish src/Failover.Cli -c "$configuration" -r "linux-$architecture" -v quiet \
    -p:OneFile=true -p:Publishing=true "$@" --artifacts-path "artifacts/native/$architecture" -o "$folder"
  mkdir -p artifacts
  # The assembly is Failover.Cli, since the library is Failover.
  mv "$folder/Failover.Cli" "artifacts/failover-linux-$architecture"
  rm -rf "$folder"
}

try_arm64() (
  command -v qemu-aarch64 >/dev/null || { note 'arm64 is not tried: no qemu-aarch64' && return; }
  step 'try artifacts/failover-linux-arm64 (emulated)'
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  arm64_libraries "$folder" >"$folder/log" 2>&1 || die "no libraries for arm64: $(tail -n 5 "$folder/log")"
  printf '#!/bin/sh\nexec qemu-aarch64 -L "%s" "%s" "$@"\n' \
    "$folder/root" "$PWD/artifacts/failover-linux-arm64" >"$folder/failover"
  chmod +x "$folder/failover"
  try_daemon "$folder/failover"
)

# What an arm64 Debian has, in a folder: without root, and without a second architecture in this machine's packages.
arm64_libraries() (
  cd "$1"
  mkdir -p state/lists/partial cache/archives/partial root
  : >state/status
  apt=(apt-get -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State=$1/state" -o "Dir::Cache=$1/cache"
    -o "Dir::State::status=$1/state/status" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  "${apt[@]}" download libc6 libcrypt1 libgcc-s1
  "${apt[@]}" download libssl3 || "${apt[@]}" download libssl3t64
  for package in *.deb; do
    dpkg-deb -x "$package" root
  done
)

# The packages that are compiled in, and the runtime, which is no package of the project but its largest part.
publish_inventory() {
  step 'artifacts/failover.cdx.json'
  local runtime
  dotnet tool restore >/dev/null
  dotnet dotnet-CycloneDX src/Failover.Cli/Failover.Cli.csproj --exclude-dev --no-serial-number \
    --set-name failover --set-version "$version" --output-format Json --output artifacts --filename failover.cdx.json \
    >artifacts/cyclonedx.log || die "no inventory: $(<artifacts/cyclonedx.log)"
  rm artifacts/cyclonedx.log
  runtime=$(grep -o '"name": "Microsoft.NETCore.App.Runtime.NativeAOT.linux-[a-z0-9]*",[^}]*"version": "\[[0-9.]*' -z \
    "artifacts/native/$(machine)/obj/Failover.Cli/project.assets.json" | tr -d '\0' | grep -o '[0-9.]*$' | head -n 1) || true
  [[ -n $runtime ]] || die 'the version of the compiled runtime is not in project.assets.json'
  sed -i -E \
    -e "s/(\"timestamp\": )\"[^\"]*\"/\1\"$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)\"/" \
    -e "s|^(  \"components\": \[)\$|\1\n    { \"type\": \"framework\", \"name\": \"Microsoft.NETCore.App\", \"version\": \"$runtime\", \
\"purl\": \"pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT.linux-$(machine)@$runtime\", \
\"licenses\": [{ \"license\": { \"id\": \"MIT\" } }] },|" \
    artifacts/failover.cdx.json
  grep -q '"Microsoft.NETCore.App"' artifacts/failover.cdx.json || die 'the runtime is missing in artifacts/failover.cdx.json'
}

# Seconds since 1970. A copy without git has the first moment that a zip file can tell.
commit_time() { git log -1 --format=%ct 2>/dev/null || echo 315532800; }

# ---- Debian ---------------------------------------------------------------------------------------------------------

# A preview comes before the release (deb-version(7): a tilde sorts before nothing).
deb_version() { sed 's/-/~/; s/-/./g' <<<"$1"; }

deb_name() { printf 'failover_%s_amd64.deb' "$(deb_version "$1")"; }

# make_deb VERSION [FOLDER]
make_deb() (
  target=${2:-artifacts}
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  chmod 755 "$root"
  umask 022
  install -D -m 755 artifacts/failover-linux-x64 "$root/usr/bin/failover"
  install -D -m 644 packaging/debian/failover.yaml "$root/etc/failover/failover.yaml"
  for unit in failover.service failover.socket; do
    [[ ! -e packaging/$unit ]] || {
      mkdir -p "$root/usr/lib/systemd/system"
      sed 's|/usr/local/bin/|/usr/bin/|g' "packaging/$unit" >"$root/usr/lib/systemd/system/$unit"
    }
  done
  for file in failover.rules.yml failover.rules.test.yml failover-dashboard.json; do
    install -D -m 644 "packaging/prometheus/$file" "$root/usr/share/failover/prometheus/$file"
  done
  install -D -m 644 packaging/failover.sysusers.conf "$root/usr/lib/sysusers.d/failover.conf"
  for place in bash:bash-completion/completions/failover zsh:zsh/vendor-completions/_failover \
    fish:fish/vendor_completions.d/failover.fish; do
    mkdir -p "$root/usr/share/$(dirname "${place#*:}")"
    artifacts/failover completion "${place%%:*}" >"$root/usr/share/${place#*:}"
  done
  mkdir -p "$root/usr/share/man/man1" "$root/usr/share/doc/failover" "$root/DEBIAN"
  artifacts/failover manual | gzip -9n >"$root/usr/share/man/man1/failover.1.gz"
  gzip -9nc CHANGELOG.md >"$root/usr/share/doc/failover/CHANGELOG.md.gz"
  printf 'failover (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- %s  %s\n' "$(deb_version "$1")" \
    "$(sed -n 's/^Maintainer: //p' packaging/debian/control)" "$(LC_ALL=C date -uR -d "@$SOURCE_DATE_EPOCH")" |
    gzip -9n >"$root/usr/share/doc/failover/changelog.gz"
  # Debian has the text of Apache-2.0, the last one of the notices, for all packages.
  {
    cat LICENSE && echo
    sed '/^Apache-2\.0$/q' THIRD-PARTY-NOTICES.txt
    printf '\n/usr/share/common-licenses/Apache-2.0\n\nNotices of the .NET runtime: failover licenses\n'
  } >"$root/usr/share/doc/failover/copyright"
  for script in postinst prerm postrm; do
    install -m 755 "packaging/debian/$script" "$root/DEBIAN/$script"
  done
  echo /etc/failover/failover.yaml >"$root/DEBIAN/conffiles"
  sed -e "s/@VERSION@/$(deb_version "$1")/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$root/usr" | cut -f 1)/" packaging/debian/control >"$root/DEBIAN/control"
  (cd "$root" && find etc usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  dpkg-deb --root-owner-group -Zxz --build "$root" "$target/$(deb_name "$1")" >/dev/null
)

# ---- publish --verify -----------------------------------------------------------------------------------------------

verify_publish() {
  ((EUID == 0)) || die 'publish --verify makes a root file system: it must be root'
  need debootstrap
  verify_reproducible
  verify_in_debian
}

# Two clones in folders whose names differ in length, with a tag: the same bytes, and the version of the tag.
verify_reproducible() (
  step 'two folders, one commit'
  [[ -z $(git status --porcelain) ]] || note 'the working tree differs from the commit: the commit is what is built'
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  for name in a longer-name/below; do
    git clone --quiet --no-local . "$folder/$name"
    git -C "$folder/$name" remote set-url origin https://example.org/failover.git
    git -C "$folder/$name" -c user.name=x -c user.email=x@example.org tag v9.8.7
    (cd "$folder/$name" && ./build.sh publish) >"$folder/log" 2>&1 || die "publish in a clone: $(tail -n 20 "$folder/log")"
  done
  diff "$folder/a/artifacts/SHA256SUMS" "$folder/longer-name/below/artifacts/SHA256SUMS" ||
    die 'two builds of one commit differ'
  grep -q 'failover_9\.8\.7_amd64\.deb$' "$folder/a/artifacts/SHA256SUMS" || die 'the version is not the one of the tag'
  note "$(wc -l <"$folder/a/artifacts/SHA256SUMS") files, the same bytes, version 9.8.7 of the tag v9.8.7"
)

# In a Debian of its own: the package from its installation to its purge, and the root of the container.
verify_in_debian() (
  step 'a Debian to install in'
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m 1 '/debian/\?$') ||
    mirror=http://deb.debian.org/debian
  # The release that this machine has: its compiler decides which C library the file needs.
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
  debootstrap --variant=minbase --include=ca-certificates,init-system-helpers "$suite" "$folder/root" "$mirror" >"$folder/log" 2>&1 ||
    die "debootstrap: $(tail -n 5 "$folder/log")"
  mkdir "$folder/root/packages" "$folder/root/packaging"
  cp "artifacts/$(deb_name "$version")" "$folder/root/packages/failover.deb"
  make_deb "$version.1" "$folder" && mv "$folder/$(deb_name "$version.1")" "$folder/root/packages/newer.deb"
  cp packaging/debian/verify.sh packaging/container/* artifacts/failover-linux-x64 "$folder/root/packaging/"
  cp /etc/resolv.conf "$folder/root/etc/resolv.conf"
  step 'install, upgrade, remove and purge the package; the root of the container'
  # Mounts that end with the process.
  unshare --mount --fork sh -ec '
    mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev"
    exec chroot "$1" sh -e /packaging/verify.sh' sh "$folder/root" >"$folder/log" 2>&1 ||
    die "in the new Debian: $(tail -n 20 "$folder/log")"
  grep '^ok: ' "$folder/log" | sed 's/^ok:/   /'
)
