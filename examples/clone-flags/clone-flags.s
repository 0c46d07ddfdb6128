# clone-flags: fork and a thread are the same system call, clone, with other flags.
        .file   "clone-flags.s"

        .equ SYS_exit, 93
        .equ SYS_exit_group, 94
        .equ SYS_nanosleep, 101
        .equ SYS_clone, 220
        .equ SYS_mmap, 222
        .equ SYS_wait4, 260

        .equ SIGCHLD, 17                # share nothing, and signal the parent at the end: fork
        .equ THREAD, 0x50f00            # share memory, file system context, files, handlers, group: a thread

        .globl _start
        .text
_start:
        li      a7, SYS_clone           # clone(SIGCHLD, same stack)
        li      a0, SIGCHLD
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a4, 0
        ecall
        beqz    a0, child

        li      a7, SYS_mmap            # 64 KiB for the thread's stack
        li      a0, 0
        li      a1, 0x10000
        li      a2, 3                   # read and write
        li      a3, 0x22                # private, anonymous
        li      a4, -1
        li      a5, 0
        ecall
        li      t0, 0x10000
        add     a1, a0, t0

        li      a7, SYS_clone           # clone(THREAD, top of that stack)
        li      a0, THREAD
        li      a2, 0
        li      a3, 0
        li      a4, 0
        ecall
        beqz    a0, thread

        li      a7, SYS_wait4           # the child is waited for; a thread is no child
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        ecall
        li      a7, SYS_exit_group
        li      a0, 0
        ecall

child:
        la      t0, number              # the child's copy
        li      t1, 20
        sw      t1, 0(t0)
        la      a0, longer
        j       sleep
thread:
        la      t0, number              # everybody's in this process
        li      t1, 30
        sw      t1, 0(t0)
        la      a0, shorter
sleep:
        li      a1, 0
        li      a7, SYS_nanosleep
        ecall
        li      a7, SYS_exit
        li      a0, 0
        ecall

        .section .rodata
        .balign 8
longer:
        .dword  0, 20000000             # 20 ms
shorter:
        .dword  0, 10000000             # 10 ms

        .data
        .balign 8
number:
        .word   10
