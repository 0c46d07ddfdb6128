#!/bin/sh
# Builds guest/tiny.elf, guest/suite.elf, guest/heap.elf and guest/vdso.elf from guest/, guest/traces.elf from test/strace/corpus/, and the programs of examples/, with Debian's riscv64
# cross compiler, the same bytes every time. Two arguments name other folders for the results, for comparing.
set -eu
cd "$(dirname "$0")/.."
to=${1:-guest}
cc=${RISCV_CC:-riscv64-linux-gnu-gcc}
pinned=12

if ! command -v "$cc" >/dev/null; then
  echo "build-guest: $cc is missing; on Debian: apt-get install gcc-riscv64-linux-gnu" >&2
  exit 3
fi
have=$("$cc" -dumpversion)
if [ "${have%%.*}" != "$pinned" ]; then
  echo "build-guest: $cc is version $have; the committed bytes come from version $pinned" >&2
  exit 4
fi

flags="-std=gnu11 -O2 -march=rv64gc -mabi=lp64d -static -nostdlib -ffreestanding -fno-ident
  -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-stack-protector -fno-pie -no-pie
  -fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections -ffile-prefix-map=$PWD=.
  -Wall -Wextra -Werror -Wno-unused-parameter -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,norelro"

build() {
  out=$1
  shift
  # shellcheck disable=SC2086
  LC_ALL=C "$cc" $flags -s -o "$out" "$@" -lgcc
  chmod 755 "$out"
}

# Each example is a program with its symbols, so that views can name its functions; a call stays a call.
example_flags="-O1 -fno-inline -fno-optimize-sibling-calls"

build_examples() {
  objects=$(mktemp -d)
  for source in guest/lib/*.c; do
    # shellcheck disable=SC2086
    "$cc" $flags $example_flags -c -o "$objects/$(basename "$source" .c).o" "$source"
  done
  for source in examples/*/*.[cs]; do
    name=$(basename "$(dirname "$source")")
    library=
    case $source in
      *.c) library=$objects/*.o ;;
    esac
    mkdir -p "$1/$name"
    # shellcheck disable=SC2086
    "$cc" $flags $example_flags -Wl,-T,examples/lib/segments.lds -o "$1/$name/$name" "$source" $library -lgcc
    chmod 755 "$1/$name/$name"
  done
  rm -r "$objects"
}

LC_ALL=C
export LC_ALL
build "$to/tiny.elf" guest/applets.c guest/lib/*.c guest/sh/*.c guest/tools/*.c guest/init/*.c guest/demos/*.c
if [ -e guest/tests/suite.c ]; then
  build "$to/suite.elf" guest/tests/*.c guest/lib/*.c
fi
# What they ask for is often wrong on purpose.
build "$to/traces.elf" -w test/strace/corpus/*.c
"$cc" -march=rv64gc -mabi=lp64d -nostdlib -shared -s -ffile-prefix-map="$PWD"=. -Wl,--build-id=none \
  -Wl,--hash-style=both -Wl,-soname=linux-vdso.so.1 -Wl,-z,max-page-size=4096 -Wl,-T,guest/vdso/vdso.lds \
  -o "$to/vdso.elf" guest/vdso/vdso.S
chmod 644 "$to/vdso.elf"
# Uses the C library of Debian's image, and knows its lines.
"$cc" -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-inline -fno-optimize-sibling-calls -fno-builtin -pthread -Wall -Wextra -Werror \
  -march=rv64gc -mabi=lp64d -ffile-prefix-map="$PWD"=. -Wl,--build-id=none -o "$to/heap.elf" guest/heap/heap.c
chmod 755 "$to/heap.elf"
build_examples "${2:-examples}"
