#!/usr/bin/env bash
# Does what a new user does, following docs/guide/getting-started.md, and compares what is printed.
#
#   tests/newcomer.sh             from `git clone` of the last commit on, with an empty NuGet cache: some minutes
#   tests/newcomer.sh COMMAND…    with a `failover` that is there, for example: dotnet src/Failover.Cli/bin/Release/net10.0/Failover.Cli.dll
#
# Everything is in a folder of its own, which is also HOME. Run as root, it continues as the user nobody. Unix sockets and free ports replace
# 8080, 8081 and 2525, so that it does not collide with anything on the machine.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [[ -z ${NEWCOMER_FOLDER:-} ]]; then
  NEWCOMER_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/failover-newcomer-XXXXXX")
  trap 'rm -rf "$NEWCOMER_FOLDER"' EXIT
  # An ordinary user may not be able to read this folder: a bundle of it goes where that user can.
  (($# > 0)) || git -C "$repository" bundle create -q "$NEWCOMER_FOLDER/repository.bundle" HEAD
  cp "$repository/docs/guide/getting-started.md" "$repository/README.md" "${BASH_SOURCE[0]}" "$NEWCOMER_FOLDER"
  mkdir -m 700 "$NEWCOMER_FOLDER/run"
  as_user=()
  # A command that only root can read is run by root.
  if ((EUID == 0)) && { (($# == 0)) || runuser -u nobody -- test -r "${!#}"; }; then
    chown -R nobody "$NEWCOMER_FOLDER"
    as_user=(runuser -u nobody --)
  fi
  cd "$NEWCOMER_FOLDER"
  "${as_user[@]}" env -i "PATH=$PATH" "HOME=$NEWCOMER_FOLDER" "NEWCOMER_FOLDER=$NEWCOMER_FOLDER" "XDG_RUNTIME_DIR=$NEWCOMER_FOLDER/run" \
    DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false \
    ${DOTNET_ROOT:+"DOTNET_ROOT=$DOTNET_ROOT"} bash "$NEWCOMER_FOLDER/newcomer.sh" "$@"
  exit
fi

target='' daemon='' application=''
cleanup() {
  [[ -z $application ]] || kill -KILL "$application" 2>/dev/null || true
  [[ -z $target ]] || kill -KILL "$target" 2>/dev/null || true
  [[ -z $daemon ]] || kill -KILL "$daemon" 2>/dev/null || true
}
trap cleanup EXIT

step() { printf '==> %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  [[ ! -e daemon.log ]] || sed 's/^/    daemon: /' daemon.log >&2
  exit 1
}

# ---- what is compared -----------------------------------------------------------------------------------------------

# Runs a command; its exit code and each of the texts have to be in what it prints.
expect() {
  local code=$1 output status=0 text texts=()
  shift
  while [[ $1 != -- ]]; do
    texts+=("$1")
    shift
  done
  shift
  output=$("$@" 2>&1) || status=$?
  ((status == code)) || die "$*: exit code $status, not $code: $output"
  for text in "${texts[@]}"; do
    [[ $output == *"$text"* ]] || die "$*: no \"$text\" in: $output"
  done
}

# Tries a command until it prints exactly this, for 20 s.
eventually() {
  local wanted=$1 output='' i
  shift
  for ((i = 0; i < 100; i++)); do
    output=$("$@" 2>&1) || true
    [[ $output != "$wanted" ]] || return 0
    sleep 0.2
  done
  die "$*: \"$output\", not \"$wanted\""
}

poll() { curl -sS --max-time 10 --unix-socket poll.sock http://localhost/mail; }
says() { grep -cF -- "$1" daemon.log; }
status_has() { failover status 2>&1 | grep -cF -- "$1"; }
reset_as() { failover reset mail --user "$1" --password-file "$2"; }

# The first YAML block of a page.
yaml_of() { sed -n '/^```yaml$/,/^```$/p' "$1" | sed -n '2,/^```$/p' | sed '/^```$/,$d'; }

# The C# block of a page that has a text.
csharp_with() {
  awk -v text="$1" '
    /^```/ { if (inside && index(block, text)) printf "%s", block; inside = $0 == "```csharp"; block = ""; next }
    inside { block = block $0 "\n" }' "$2"
}

start_target() {
  printf 'listen: 127.0.0.1:%s\nmanagement: off\nstate: memory\ncomponents: {}\n' "$1" >target.yaml
  : >target.log
  "${command[@]}" run target.yaml >target.log 2>&1 &
  target=$!
  eventually 1 grep -c 'failover listens on' target.log
}

stop_target() {
  kill -KILL "$target"
  wait "$target" 2>/dev/null || true
}

start_daemon() {
  : >daemon.log
  "${command[@]}" run >daemon.log 2>&1 &
  daemon=$!
  eventually 1 says 'serves failover.yaml: 1 component'
}

# ---- the command ----------------------------------------------------------------------------------------------------

if (($# == 0)); then
  step 'git clone'
  git -c advice.detachedHead=false clone -q repository.bundle clone
  cd clone
  step 'build'
  expect 0 -- dotnet build src/Failover.Cli -c Release --disable-build-servers
  set -- dotnet "$PWD/src/Failover.Cli/bin/Release/net10.0/Failover.Cli.dll"
  cd ..
  step 'demo'
  # SIGINT ends it, which a shell has its jobs in the background ignore; it ends by itself here.
  expect 0 '/example-2 fail -> ok' 'draining, then stopping' -- timeout --signal=TERM --preserve-status 10 "$@" demo --port 0 --management-port 0

  step "the README's application"
  mkdir application
  csharp_with WebApplication README.md >application/Program.cs
  cat >application/application.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="../clone/src/Failover/Failover.csproj" />
  </ItemGroup>
</Project>
PROJECT
  expect 0 -- dotnet build application -c Release --disable-build-servers
  dotnet application/bin/Release/net10.0/application.dll --urls http://127.0.0.1:0 >application.log 2>&1 &
  application=$!
  eventually 1 grep -c 'Now listening on: http' application.log
  url=$(grep -Eo 'http://127\.0\.0\.1:[0-9]+' application.log | head -n 1)
  eventually Healthy curl -sS --max-time 10 "$url/healthz"
  # The first of three failures: 192.0.2.1 is nowhere.
  expect 0 OK -- curl -sS --max-time 20 "$url/health/mail"
  kill -TERM "$application"
  wait "$application" || die "SIGTERM: exit code $?: $(<application.log)"
  application=''
fi
command=("$@")
failover() { "${command[@]}" "$@"; }

# ---- getting started ------------------------------------------------------------------------------------------------

mkdir try
cd try
step "the README's file"
htpasswd -cbB users alice secret 2>/dev/null
chmod 640 users
yaml_of ../README.md >failover.yaml
expect 0 'is valid: 2 components, 0 warnings' -- failover check --offline

step 'check'
start_target 0
port=$(grep -Eo '127\.0\.0\.1:[0-9]+' target.log | head -n 1 | cut -d : -f 2)
yaml_of ../getting-started.md |
  sed -e "s|^listen: 127.0.0.1:8080$|listen: \"unix:$PWD/poll.sock\"\nmanagement: \"unix:$PWD/management.sock\"|" -e "s/:2525/:$port/" >failover.yaml
grep -q "127.0.0.1:$port" failover.yaml || die "getting-started.md's file does not name 127.0.0.1:2525"
expect 0 '/mail  at once  toggle(' 'failover.yaml is valid: 1 component, 0 warnings' -- failover check

step 'run, status'
start_daemon
eventually OK poll
expect 0 'mail  ok' "connected to 127.0.0.1:$port" -- failover status

step 'the target dies: FAIL, latched'
stop_target
eventually FAIL poll
expect 0 'latched' "refused: 127.0.0.1:$port" -- failover explain mail
expect 2 'FAIL' -- failover probe mail
start_target "$port"
eventually 1 status_has 'check ok again, can be reset'
eventually FAIL poll

step 'a restart: still latched'
kill -TERM "$daemon"
wait "$daemon" || die "SIGTERM: exit code $?"
start_daemon
eventually FAIL poll
eventually 1 status_has 'check ok again, can be reset'

step 'a reset'
printf 'wrong\n' >wrong
printf 'secret\n' >right
expect 77 -- reset_as alice wrong
eventually FAIL poll
expect 0 'OK' -- reset_as alice right
eventually OK poll
expect 0 'alice' 'ok -> fail' 'fail -> ok' -- failover history mail

step 'a reload'
sed -i 's/fail_after: 3/fail_after: 5/' failover.yaml
eventually 1 says 'reloaded'
eventually OK poll

step 'a typo'
sed -i 's/interval:/intervall:/' failover.yaml
expect 78 'unknown key "intervall" in component "mail"' 'did you mean "interval"?' -- failover check
eventually 1 says 'unknown key "intervall"'
eventually OK poll
# The file is invalid, and the daemon is still found.
expect 0 'mail  ok' 'unknown key "intervall"' -- failover status
sed -i 's/intervall:/interval:/' failover.yaml
expect 0 -- failover check --offline

step 'the end'
kill -TERM "$daemon"
wait "$daemon" || die "SIGTERM: exit code $?"
daemon=''
stop_target
target=''
echo 'everything printed what the guide says'
