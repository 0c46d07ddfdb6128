/** May a task do what takes a capability? The one place that asks, beside the file systems' own. */
import { inCaps } from '../vfs/index.ts';
import type { Kernel } from './kernel.ts';

/** Does the current task have the capability in effect? Linux: capable(). */
export const capable = (k: Kernel, cap: number): boolean => inCaps(k.task.credentials.caps.effective, cap);
