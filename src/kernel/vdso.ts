/**
 * The shared object that is mapped into every program (guest/vdso), and the page of data before it. Handlers return
 * through it, and riscv_hwprobe is answered there without a call.
 *
 * Its clocks are told to make the call (the first word of the data is 0). rdtime is the exact virtual time on one
 * processor, but it leaves compiled code, and two million readings then took 4.4 s instead of 1.3 s by calls. With
 * several processors clocks are apart while they run user code, and only a call brings a thread that reads the time
 * into the order of all others; while a machine is sealed, its time of day is not known. Linux:
 * arch/riscv/kernel/vdso.
 */
import { layout, type Mm, PROT_EXEC, PROT_READ } from '../memory/index.ts';
import { HWPROBE } from './hwprobe.ts';
import type { Kernel } from './kernel.ts';
import { VDSO_ELF, VDSO_SIGRETURN } from './vdso-image.ts';

const { PAGE_SIZE, USER_END } = layout;

/** The highest page but one of user space, below it the data: nothing else is ever placed there. */
export const VDSO_ADDRESS = USER_END - 2 * PAGE_SIZE;
export const VVAR_ADDRESS = VDSO_ADDRESS - PAGE_SIZE;
/** Where a signal handler returns to. */
export const SIGRETURN_ADDRESS = VDSO_ADDRESS + VDSO_SIGRETURN;

/** Fills both pages of a new kernel. */
export function fillVdso(k: Kernel): void {
  const image = new Uint8Array(VDSO_ELF.length / 2);
  for (let i = 0; i < image.length; i++) image[i] = Number.parseInt(VDSO_ELF.slice(2 * i, 2 * i + 2), 16);
  k.memory.objects.write(k.vdsoPage, 0, image);
  const data = new DataView(new ArrayBuffer(32 + 8 * HWPROBE.length));
  data.setUint32(24, HWPROBE.length, true);
  HWPROBE.forEach((value, key) => {
    setWord64(data, 32 + 8 * key, value);
  });
  k.memory.objects.write(k.vvarPage, 0, new Uint8Array(data.buffer));
}

function setWord64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

/** Maps both pages. */
export function mapVdso(k: Kernel, mm: Mm): 'ENOMEM' | null {
  const pages = [
    { addr: VVAR_ADDRESS, prot: PROT_READ, object: k.vvarPage, name: '[vvar]' },
    { addr: VDSO_ADDRESS, prot: PROT_READ | PROT_EXEC, object: k.vdsoPage, name: '[vdso]' },
  ];
  for (const page of pages) {
    const done = k.memory.spaces.mmap(mm, { ...page, length: PAGE_SIZE, fixed: true });
    if (typeof done === 'string') return 'ENOMEM';
  }
  return null;
}
