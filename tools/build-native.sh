#!/bin/sh
# Builds the kernel's test suite for this x86-64 Linux itself (guest/native/native.c), to ask a real kernel.
set -eu
cd "$(dirname "$0")/.."
exec "${CC:-cc}" -std=gnu11 -O2 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -mfsgsbase \
  -fcf-protection=none -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror -Wno-unused-parameter \
  -o "$1" guest/native/native.c guest/tests/*.c guest/lib/*.c
