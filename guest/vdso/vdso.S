/*
 * The shared object that the kernel maps into every program: calls that need not enter the kernel, and the return
 * from signal handlers. Names and version are those of Linux (arch/riscv/kernel/vdso/vdso.lds.S).
 *
 * The page before it is filled by the kernel (src/kernel/vdso.ts):
 *    0  u32  1 when rdtime is the time; 0: ask the kernel
 *    4  u32  changes with every change of the wall clock
 *    8  u64  the wall clock at time zero, seconds
 *   16  u64  its nanoseconds
 *   24  u32  how many words follow at 32
 *   32  u64  values of riscv_hwprobe by key
 */
#define FUNCTION(name) .globl name; .type name, @function; .balign 4; name:
#define END(name) .size name, . - name
#define CALL(number) li a7, number; ecall; ret

#define BILLION 1000000000
/* Bits of clocks: all that are one with the time, those that tell the time of day, those that move in ticks. */
#define CLOCKS 0x8f3
#define WALL 0x821
#define COARSE 0x60
#define TICK 4000000

    .text

FUNCTION(__vdso_rt_sigreturn)
    li a7, 139
    ecall
END(__vdso_rt_sigreturn)

FUNCTION(__vdso_clock_gettime)
    li t2, 12
    bgeu a0, t2, 3f
    li t2, CLOCKS
    srl t2, t2, a0
    andi t2, t2, 1
    beqz t2, 3f
    lla t0, vvar
    lw t1, 0(t0)
    beqz t1, 3f
    li t4, BILLION
    li t6, WALL
    srl t6, t6, a0
    andi t6, t6, 1
1:  lw t2, 4(t0)
    rdtime t3
    divu t5, t3, t4
    remu t3, t3, t4
    beqz t6, 2f
    ld a2, 8(t0)
    ld a3, 16(t0)
    lw t1, 4(t0)
    bne t1, t2, 1b
    add t5, t5, a2
    add t3, t3, a3
    bltu t3, t4, 2f
    sub t3, t3, t4
    addi t5, t5, 1
2:  sd t5, 0(a1)
    sd t3, 8(a1)
    li a0, 0
    ret
3:  CALL(113)
END(__vdso_clock_gettime)

FUNCTION(__vdso_gettimeofday)
    lla t0, vvar
    lw t1, 0(t0)
    beqz t1, 4f
    beqz a0, 3f
    li t4, BILLION
1:  lw t2, 4(t0)
    rdtime t3
    divu t5, t3, t4
    remu t3, t3, t4
    ld a2, 8(t0)
    ld a3, 16(t0)
    lw t1, 4(t0)
    bne t1, t2, 1b
    add t5, t5, a2
    add t3, t3, a3
    bltu t3, t4, 2f
    sub t3, t3, t4
    addi t5, t5, 1
2:  li t4, 1000
    divu t3, t3, t4
    sd t5, 0(a0)
    sd t3, 8(a0)
3:  li a0, 0
    beqz a1, 5f
    sd zero, 0(a1)
5:  ret
4:  CALL(169)
END(__vdso_gettimeofday)

FUNCTION(__vdso_clock_getres)
    li t2, 12
    bgeu a0, t2, 3f
    li t2, CLOCKS
    srl t2, t2, a0
    andi t2, t2, 1
    beqz t2, 3f
    li t3, 1
    li t2, COARSE
    srl t2, t2, a0
    andi t2, t2, 1
    beqz t2, 1f
    li t3, TICK
1:  li a0, 0
    beqz a1, 2f
    sd zero, 0(a1)
    sd t3, 8(a1)
2:  ret
3:  CALL(114)
END(__vdso_clock_getres)

FUNCTION(__vdso_getcpu)
    CALL(168)
END(__vdso_getcpu)

FUNCTION(__vdso_flush_icache)
    CALL(259)
END(__vdso_flush_icache)

FUNCTION(__vdso_riscv_hwprobe)
    or t0, a2, a3
    or t0, t0, a4
    bnez t0, 4f
    lla t1, vvar
    lwu t2, 24(t1)
1:  beqz a1, 3f
    ld t3, 0(a0)
    bgeu t3, t2, 2f
    slli t3, t3, 3
    add t3, t3, t1
    ld t3, 32(t3)
    sd t3, 8(a0)
    addi a0, a0, 16
    addi a1, a1, -1
    j 1b
2:  li t3, -1
    sd t3, 0(a0)
    sd zero, 8(a0)
    addi a0, a0, 16
    addi a1, a1, -1
    j 1b
3:  li a0, 0
    ret
4:  CALL(258)
END(__vdso_riscv_hwprobe)
