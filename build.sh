#!/usr/bin/env bash
# The one entry for people and CI. Works from any folder; `./build.sh help` says what there is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# One configuration for everything: what is tested and measured is what is published, and each verb reuses the build
# of the one before. An IDE's Debug build is a different folder and does not disturb it.
readonly configuration=Release
readonly solution=Failover.slnx
readonly results=artifacts/test-results

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# haproxy, keepalived and nginx are in folders that the PATH of an ordinary user does not have.
export PATH="$PATH:/usr/sbin:/sbin"
# A build node that outlives a CI job keeps its output open and the job waiting.
[[ -z ${CI:-} ]] || export MSBUILDDISABLENODEREUSE=1

bold='' red='' plain=''
if [[ -t 1 && -t 2 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
fi

step() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
note() { printf '    %s\n' "$*"; }
error() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; }
die() {
  error "$*"
  exit 1
}

help() {
  cat <<'HELP'
Usage: ./build.sh <verb> [arguments]

  check            format, scripts, build with warnings as errors, known vulnerabilities, generated files up to date
  test [args]      build and run all tests; args go to the test runner:
                   ./build.sh test --filter-class '*ToggleTests'
                   ./build.sh test --filter-method '*third_failure*'
  bench [args]     measurements side by side with HAProxy, nginx, blackbox_exporter and a loop in C; args go to the program
  soak [args]      random histories against the machine, for as long as is wanted; args go to the program:
                   ./build.sh soak --histories 1000000 --seed 1 --minutes 10
                   --peers runs instead the checks against servers that the tests leave out (MariaDB, OpenLDAP, vsftpd, Dovecot, Postfix,
                   RabbitMQ), and, as root, two machines whose keepalived decides by what failover answers
                   --kills runs instead the tests that kill a daemon: at each of its writes, and a thousand times at random moments
                   --newcomer does instead what a new user does, from git clone on, as an ordinary user
                   --polls [SEED [INPUTS]] compares the event loops' answers with the web server's, 10,000,000 inputs unless given
  docs             rewrite what is generated: docs/reference/, docs/comparison.md and src/*/PublicApi.txt
                   --screenshots draws instead the pictures of the page, in docs/images/
  publish [--verify]
                   into artifacts/, each tried once:
                     failover-linux-x64, failover-linux-arm64
                                the command as one native file that needs no .NET; failover is the one for this machine
                     failover_*_amd64.deb
                                the Debian package: unit, user, completions, man page
                     *.nupkg    NuGet packages: the libraries, and the command (dotnet tool install Failover.Cli)
                     failover.cdx.json, SHA256SUMS
                                what is in it (CycloneDX), and checksums
                   --verify, as root, some 20 minutes: builds it twice in two folders and compares the bytes; installs,
                   upgrades and purges the package in a Debian of its own; runs the root of the container
  help             this text

test, bench, soak --peers and publish install the Debian packages they need when they may (as root), and name them when they may not.
HELP
}

# ---- what a verb needs from the system ------------------------------------------------------------------------------

# A package, and what shows that it is there: a command, or a file.
declare -rA shown_by=(
  [apache2-utils]=htpasswd
  [bind9]=named
  [chromium]=chromium
  [curl]=curl
  [debootstrap]=debootstrap
  [dovecot-imapd]=/usr/lib/dovecot/imap
  [dovecot-pop3d]=/usr/lib/dovecot/pop3
  [gcc]=gcc
  [gcc-aarch64-linux-gnu]=aarch64-linux-gnu-gcc
  [haproxy]=haproxy
  [iproute2]=ip
  [keepalived]=keepalived
  [libc6-dev-arm64-cross]=/usr/aarch64-linux-gnu/include/stdio.h
  [mariadb-server]=mariadbd
  [monitoring-plugins-basic]=/usr/lib/nagios/plugins/check_tcp
  [netbase]=/etc/services
  [nginx-light]=nginx
  [openssh-server]=sshd
  [openssl]=openssl
  [postgresql]=pg_ctlcluster
  [postfix]=postfix
  [prometheus]=prometheus
  [prometheus-alertmanager]=prometheus-alertmanager
  [prometheus-blackbox-exporter]=prometheus-blackbox-exporter
  [python3-aiosmtpd]=/usr/bin/aiosmtpd
  [qemu-user]=qemu-aarch64
  [redis-server]=redis-server
  [rabbitmq-server]=rabbitmq-server
  [slapd]=slapd
  [sqlite3]=sqlite3
  [strace]=strace
  [systemd]=systemd-socket-activate
  [tinyproxy-bin]=tinyproxy
  [vsftpd]=vsftpd
  [wrk]=wrk
  [zlib1g-dev]=/usr/include/zlib.h
)
# Packages that start a service when they are installed.
readonly services='bind9 dovecot haproxy keepalived mariadb nginx postfix postgresql prometheus prometheus-alertmanager prometheus-blackbox-exporter rabbitmq-server redis-server slapd vsftpd'

is_there() {
  case ${shown_by[$1]} in
    /*) [[ -e ${shown_by[$1]} ]] ;;
    *) command -v "${shown_by[$1]}" >/dev/null ;;
  esac
}

need() {
  local package missing=()
  for package in "$@"; do
    is_there "$package" || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0

  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    note "missing here; install them with: sudo apt-get install ${missing[*]}"
    return 0
  fi
  step "install ${missing[*]}"
  install_packages "${missing[@]}" || note 'not all could be installed: what needs them will fail below'
}

# The programs are wanted, not the services: these are neither started now (the commands that package scripts start
# them with are shadowed by ones that do nothing) nor at the next boot.
install_packages() {
  local shadow log service status=0
  shadow=$(mktemp -d)
  log=$shadow/log
  for service in invoke-rc.d deb-systemd-invoke; do
    printf '#!/bin/sh\nexit 0\n' >"$shadow/$service"
    chmod +x "$shadow/$service"
  done

  export DEBIAN_FRONTEND=noninteractive
  {
    apt-get update &&
      apt-get install --yes --no-install-recommends \
        -o "DPkg::Path=$shadow:/usr/sbin:/usr/bin:/sbin:/bin" -o DPkg::Lock::Timeout=300 "$@"
  } >"$log" 2>&1 </dev/null || status=$?
  ((status == 0)) || tail -n 5 "$log" >&2

  if [[ -d /run/systemd/system ]]; then
    for service in $services; do
      [[ " $* " != *" $service"* ]] || systemctl --quiet disable "${service/bind9/named}" 2>/dev/null || true
    done
    [[ " $* " != *' openssh-server '* ]] || systemctl --quiet disable ssh 2>/dev/null || true
  fi
  rm -rf "$shadow"
  return "$status"
}

# ---- check ----------------------------------------------------------------------------------------------------------

check() {
  (($# == 0)) || die "check takes no arguments, got: $*"

  step 'format'
  dotnet tool restore >/dev/null
  dotnet csharpier check . || die 'to format:  dotnet csharpier format .'

  step 'scripts'
  check_scripts

  check_unit

  step "build ($configuration)"
  dotnet build "$solution" -c "$configuration" -v quiet

  step 'build for other systems'
  build_elsewhere

  step 'known vulnerabilities of packages'
  check_vulnerabilities

  step 'generated files'
  golden || die 'to accept what the code says now:  ./build.sh docs'
}

# The analyzers find calls that only Linux has (CA1416) in the ordinary build, and need not run again; this one shows that the packages are
# there, too. Nothing of it is run: there is no such machine here.
build_elsewhere() {
  local runtime project
  for runtime in win-x64 osx-arm64; do
    for project in Failover Failover.Cli; do
      # Not into the folders of the ordinary build, whose list of packages would be another one after it.
      dotnet build "src/$project" -c "$configuration" -r "$runtime" -v quiet --self-contained false \
        -p:UseAppHost=false -p:RunAnalyzers=false --artifacts-path "artifacts/elsewhere/$runtime"
      note "$project for $runtime"
    done
  done
}

check_scripts() {
  local script
  while IFS= read -r -d '' script; do
    bash -n "$script"
    if command -v shellcheck >/dev/null; then
      shellcheck --severity=warning "$script"
    fi
    note "$script"
  done < <(find . \( -name bin -o -name obj -o -name artifacts -o -name .git \) -prune -o \
    -type f \( -name '*.sh' -o -path './.ci/*' \) -print0 | sort -z)
}

# What systemd says of a line begins with the file and the line; that no command is installed here is no fault of the unit.
check_unit() {
  local units=(packaging/failover.service packaging/failover.socket) complaints
  command -v systemd-analyze >/dev/null || return 0
  complaints=$(systemd-analyze verify "${units[@]}" 2>&1 | grep -E 'failover\.(service|socket):[0-9]+:') || true
  [[ -z $complaints ]] || die "$complaints"
  note "${units[*]}"
}

# Never fails for what it cannot find out: being offline is no vulnerability.
check_vulnerabilities() {
  local report source
  report=$(dotnet list "$solution" package --vulnerable --include-transitive --format json 2>&1) || true
  if grep -q '"severity"' <<<"$report"; then
    dotnet list "$solution" package --vulnerable --include-transitive
    die 'packages with known vulnerabilities'
  fi

  source=$(grep -o 'https://[^"]*/index.json' <<<"$report" | head -n 1) || true
  if ! command -v curl >/dev/null || ! grep -q '"projects"' <<<"$report"; then
    note 'could not be found out'
  elif curl -fsS --max-time 10 "$source" 2>/dev/null | grep -q VulnerabilityInfo; then
    note 'none'
  else
    note "could not be found out: $source tells of none"
  fi
}

# ---- test -----------------------------------------------------------------------------------------------------------

passed=0 failed=0 skipped=0

# The last line, whatever happened before it.
say_counts() {
  ((skipped == 0)) || note "$skipped skipped: each says above what it lacks"
  printf '%s passed, %s failed\n' "$passed" "$failed"
}

test_all() {
  trap say_counts EXIT
  need apache2-utils bind9 chromium curl haproxy iproute2 keepalived monitoring-plugins-basic netbase nginx-light openssh-server openssl postgresql prometheus \
    prometheus-alertmanager prometheus-blackbox-exporter python3-aiosmtpd redis-server sqlite3 strace systemd tinyproxy-bin wrk

  step "test ($configuration)"
  rm -rf "$results"
  # A filter leaves some projects without a test, which the runner calls exit code 8.
  local status=0 empty=()
  (($# == 0)) || empty=(--ignore-exit-code 8)
  dotnet test --solution "$solution" -c "$configuration" \
    --results-directory "$PWD/$results" --report-xunit-trx "${empty[@]}" "$@" || status=$?

  (($# > 0)) || test_without_loops || status=$?

  count_results
  ((status == 0)) || error "the test run ended with exit code $status"
  ((passed + failed > 0)) || die 'no test ran'
  ((status == 0 && failed == 0))
}

# What event loops do on Linux, the runtime's sockets do elsewhere: the same tests of what is served, and of TCP and HTTP checks.
test_without_loops() {
  step 'test what is served, and TCP and HTTP checks, without event loops'
  FAILOVER_NET=managed dotnet run --project tests/Failover.Tests -c "$configuration" --no-build -- \
    --results-directory "$PWD/$results" --report-xunit-trx --report-xunit-trx-filename without-loops.trx \
    --filter-class '*EndpointTests' '*ListenerTests' '*ConnectionBudgetTests' '*HealthCheckServerTests' '*InheritedSocketsTests' \
    '*.HttpCheckTests' '*.HttpCheckFaultTests' '*.HttpCheckPauseTests' '*.HttpCheckRedirectTests' \
    '*StormTests' '*TcpCheckTests' '*TcpCheckExhaustionTests' '*TcpCheckPauseTests' '*TlsTerminationTests'
}

# Every test project leaves one report, with one line of counters.
count_results() {
  local report total executed
  for report in "$results"/*.trx; do
    [[ -e $report ]] || return 0
    total=$(counter "$report" total)
    executed=$(counter "$report" executed)
    passed=$((passed + $(counter "$report" passed)))
    failed=$((failed + $(counter "$report" failed) + $(counter "$report" error)))
    skipped=$((skipped + total - executed))
  done
}

counter() {
  local number
  number=$(grep -o '<Counters [^>]*' "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*' | head -n 1) || true
  printf '%s' "${number:-0}"
}

# ---- the others -----------------------------------------------------------------------------------------------------

# The tests that compare a generated file with the committed one; with FAILOVER_ACCEPT=1 they rewrite it.
golden() {
  dotnet run --project tests/Failover.Architecture.Tests -c "$configuration" -- --filter-trait golden=yes
}

docs() {
  if [[ ${1:-} == --screenshots ]]; then
    need apache2-utils chromium
    step 'docs/images/'
    dotnet build tests/Failover.Browser.Tests -c "$configuration" -v quiet
    dotnet run --project tests/Failover.Browser.Tests -c "$configuration" --no-build -- \
      --filter-class '*.ScreenshotTests' --explicit only
    return
  fi
  (($# == 0)) || die "docs takes no arguments, got: $*"
  step 'docs/reference/, docs/comparison.md and src/*/PublicApi.txt'
  FAILOVER_ACCEPT=1 golden
  git status --short -- docs/reference docs/comparison.md 'src/*/PublicApi.txt' || true
}

bench() {
  [[ -d bench/Failover.Bench ]] || die 'there is no bench/Failover.Bench here'
  need chromium gcc haproxy iproute2 nginx-light prometheus-blackbox-exporter strace wrk zlib1g-dev
  if [[ " $* " != *' --help '* ]]; then
    # What people download is what is measured.
    publish_one_file
    if command -v gcc >/dev/null; then
      step 'artifacts/bench/connect-loop'
      mkdir -p artifacts/bench
      gcc -O2 -Wall -Wextra -o artifacts/bench/connect-loop bench/connect-loop.c
    fi
  fi
  step 'bench'
  dotnet build bench/Failover.Bench -c "$configuration" -v quiet
  local command=("bench/Failover.Bench/bin/$configuration/net10.0/Failover.Bench" "$@")
  # Connections are counted, and those of other programs are none of it: in a network of its own, where that may be made.
  if unshare --net ip link set lo up 2>/dev/null; then
    unshare --net sh -c 'ip link set lo up && exec "$@"' sh "${command[@]}"
  else
    "${command[@]}"
  fi
}

# ---- publish --------------------------------------------------------------------------------------------------------

# shellcheck source=packaging/publish.sh
source packaging/publish.sh

# ---- soak -----------------------------------------------------------------------------------------------------------

soak() {
  if [[ ${1:-} == --newcomer ]]; then
    need apache2-utils curl
    tests/newcomer.sh
    return
  fi
  if [[ ${1:-} == --polls ]]; then
    dotnet build tests/Failover.Tests -c "$configuration" -v quiet
    FAILOVER_POLLS_SEED=${2:-2} FAILOVER_POLLS_INPUTS=${3:-10000000} \
      dotnet run --project tests/Failover.Tests -c "$configuration" --no-build -- \
      --filter-class '*.PollComparisonTests' --explicit only --output Detailed
    return
  fi
  if [[ ${1:-} == --peers ]]; then
    need apache2-utils curl dovecot-imapd dovecot-pop3d iproute2 keepalived mariadb-server openssl postfix rabbitmq-server redis-server slapd vsftpd
    explicit_tests '*.MorePeerTests' '*.KeepalivedTests'
    return
  fi
  if [[ ${1:-} == --kills ]]; then
    need apache2-utils strace
    explicit_tests '*.RandomKillTests' '*.WriteKillTests'
    return
  fi
  dotnet build tests/Failover.Simulation -c "$configuration" -v quiet
  dotnet run --project tests/Failover.Simulation -c "$configuration" --no-build -- "$@"
}

# The tests of these classes that others leave out.
explicit_tests() {
  dotnet build tests/Failover.EndToEnd.Tests -c "$configuration" -v quiet
  dotnet run --project tests/Failover.EndToEnd.Tests -c "$configuration" --no-build -- \
    --filter-class "$@" --explicit only --output Detailed
}

try_tool() (
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # This source and no other: the name may be somebody else's elsewhere.
  dotnet tool install Failover.Cli --prerelease --tool-path "$folder" --source "$PWD/artifacts" >"$folder/log" ||
    die "it cannot be installed: $(<"$folder/log")"
  try_daemon "$folder/failover"
)

# A command that serves, remembers and ends when told; where nothing is to be had: no home, an environment that is empty.
try_daemon() (
  command=$1
  folder=$(mktemp -d)
  daemon=''
  trap '[[ -z $daemon ]] || kill -KILL "$daemon" 2>/dev/null || true; rm -rf "$folder"' EXIT
  failed() { die "$*: $(<"$folder/log")"; }

  # Nobody listens at port 1: ok until the thousandth failure.
  cat >"$folder/failover.yaml" <<YAML
listen: 127.0.0.1:0
management: off
state: state/state.db
components:
  it:
    background:
      task:
        hysteresis: {task: {tcp: "127.0.0.1:1"}, fail_after: 1000}
      interval: 1h
YAML
  alone=(env -i "PATH=$PATH" "HOME=$folder/none")
  [[ -z ${DOTNET_ROOT:-} ]] || alone+=("DOTNET_ROOT=$DOTNET_ROOT")
  "${alone[@]}" "$command" --version >"$folder/log" 2>&1 || failed '--version'
  "${alone[@]}" "$command" check --offline examples/failover.yaml >"$folder/log" 2>&1 || failed 'check examples/failover.yaml'

  "${alone[@]}" "$command" run "$folder/failover.yaml" >"$folder/log" 2>&1 &
  daemon=$!
  for ((i = 0; i < 300; i++)); do
    address=$(grep -Eo -m 1 'http://127\.0\.0\.1:[0-9]+' "$folder/log") && break
    kill -0 "$daemon" 2>/dev/null || failed 'it ended'
    sleep 0.1
  done
  [[ -n $address ]] || failed 'it does not listen'
  answer=$(curl -sS --max-time 10 "$address/it") || failed 'it does not answer'
  [[ $answer == OK ]] || failed "it answers \"$answer\", not OK"

  kill -TERM "$daemon"
  status=0
  wait "$daemon" || status=$?
  daemon=''
  ((status == 0)) || failed "it ended with $status"
  [[ -s $folder/state/state.db ]] || failed 'it keeps no state'
  [[ ! -e $folder/none ]] || failed 'it made itself a home'
  note "$("${alone[@]}" "$command" --version): serves, remembers, ends"
)

main() {
  local verb=${1:-help}
  (($# == 0)) || shift
  case $verb in
    help | --help | -h) help ;;
    check | bench | docs | publish | soak)
      has_dotnet
      "$verb" "$@"
      ;;
    test)
      has_dotnet
      test_all "$@"
      ;;
    *)
      error "unknown verb \"$verb\"; accepted: check, test, bench, soak, docs, publish, help"
      exit 2
      ;;
  esac
}

has_dotnet() {
  command -v dotnet >/dev/null || die 'the .NET 10 SDK is needed: https://dotnet.microsoft.com/download'
}

main "$@"
