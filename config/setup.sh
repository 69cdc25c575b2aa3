#!/bin/sh
# Installs what Pulse is built with, as far as it is missing, and checks the Swift toolchain.
#
#   config/setup.sh          asks nothing, may be run again and again, says nothing when nothing is missing
#
# Works as root, or as anybody who may use sudo without being asked for a password; others are told what to install.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
package=$here/../Package.swift
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH

say() { printf '%s\n' "setup: $*"; }
fail() { printf '%s\n' "setup: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Whether one of the places where systems keep headers has this one.
header() {
    for folder in /usr/include /usr/local/include /usr/include/*-linux-gnu /opt/homebrew/include \
        /opt/homebrew/opt/*/include /usr/local/opt/*/include; do
        [ -f "$folder/$1" ] && return 0
    done
    return 1
}

# PostgreSQL's tools lie outside the search path on Debian.
postgres() {
    has initdb && return 0
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        [ -x "$folder/initdb" ] && return 0
    done
    return 1
}

# What there has to be, as "test|Debian and Ubuntu|Fedora|Arch|Homebrew".
needs() {
    cat <<'TABLE'
header curses.h|libncurses-dev|ncurses-devel|ncurses|ncurses
header curl/curl.h|libcurl4-openssl-dev|libcurl-devel|curl|curl
header sqlite3.h|libsqlite3-dev|sqlite-devel|sqlite|sqlite
header simdjson.h|libsimdjson-dev|simdjson-devel|simdjson|simdjson
header zlib.h|zlib1g-dev|zlib-devel|zlib|zlib
has git|git|git|git|git
has gzip|gzip|gzip|gzip|gzip
has openssl|openssl|openssl|openssl|openssl
test -e /etc/ssl/certs|ca-certificates|ca-certificates|ca-certificates|ca-certificates
test -e /usr/share/zoneinfo/Europe/Berlin|tzdata|tzdata|tzdata|-
test -e /lib/terminfo/x/xterm -o -e /usr/share/terminfo/x/xterm -o -e /usr/share/terminfo/78/xterm|ncurses-base|ncurses-base|ncurses|-
TABLE
    # Only a build that has the PostgreSQL store asks for it.
    if grep -q CLibpq "$package" 2>/dev/null; then
        cat <<'TABLE'
header postgresql/libpq-fe.h || header libpq-fe.h|libpq-dev|libpq-devel|postgresql-libs|libpq
postgres|postgresql|postgresql-server|postgresql|postgresql
TABLE
    fi
}

# The packages that are missing, by their names in the given column of the table.
missing() {
    needs | while IFS= read -r line; do
        names=${line#"${line%|*|*|*|*}"}
        check=${line%"$names"}
        if ! eval "$check" >/dev/null 2>&1; then
            name=$(printf '%s' "${names#|}" | cut -d'|' -f"$1")
            [ "$name" = - ] || printf ' %s' "$name"
        fi
    done
}

by_hand() {
    say "to install by hand (names may differ a little between releases):"
    say "  Debian, Ubuntu  apt-get install$(missing 1)"
    say "  Fedora          dnf install$(missing 2)"
    say "  Arch            pacman -S$(missing 3)"
    say "  Homebrew        brew install$(missing 4)"
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_missing() {
    packages=$(missing 1)
    [ -n "$packages" ] || return 0
    say "missing:$packages"
    if ! has apt-get; then
        by_hand >&2
        fail "there is no apt-get here, so nothing was installed."
    fi
    if [ "$(id -u)" -ne 0 ] && ! { has sudo && sudo -n true 2>/dev/null; }; then
        fail "installing needs root. Run as root: apt-get install -y$packages"
    fi
    say "installing with apt-get"
    log=$(mktemp) || fail "no temporary file could be made."
    trap 'rm -f "$log"' EXIT
    # shellcheck disable=SC2086 # a list of names
    if ! apt_install $packages; then
        # The lists of a new machine are empty, and old ones name files that are gone.
        say "reading the package lists"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >>"$log" 2>&1
        # shellcheck disable=SC2086
        apt_install $packages || { tail -n 20 "$log" >&2; fail "apt-get could not install:$packages"; }
    fi
    packages=$(missing 1)
    [ -z "$packages" ] || fail "installed, and still not found:$packages"
    say "done"
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}

check_swift() {
    if ! has swift; then
        for folder in /opt/swift/usr/bin "${HOME:-/root}/.local/share/swiftly/bin" /usr/share/swift/usr/bin; do
            [ -x "$folder/swift" ] && fail "Swift is in $folder, which is not in the search path. Add it: PATH=$folder:\$PATH"
        done
        fail "Swift 6.2 or later is needed and was not found. Get it at https://www.swift.org/install/linux/"
    fi
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' | head -n 1)
    # shellcheck disable=SC2086 # two words
    set -- $version
    [ $# -eq 2 ] || fail "swift --version says nothing that can be read. Get Swift 6.2 or later at https://www.swift.org/install/linux/"
    if [ "$1" -lt 6 ] || { [ "$1" -eq 6 ] && [ "$2" -lt 2 ]; }; then
        fail "Swift $1.$2 is too old; 6.2 or later is needed. Get it at https://www.swift.org/install/linux/"
    fi
}

install_missing
check_swift
