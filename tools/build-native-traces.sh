#!/bin/sh
# Builds the programs whose traces are compared (test/strace/corpus) for this x86-64 Linux itself.
set -eu
cd "$(dirname "$0")/.."
exec "${CC:-cc}" -std=gnu11 -O2 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -fcf-protection=none \
  -fno-tree-loop-distribute-patterns -w -o "$1" test/strace/corpus/*.c -lgcc
