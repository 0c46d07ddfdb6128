/** The door: a machine whose Python programs are told of from now on. */
import type { Machine } from '../machine.ts';
import type { Told } from './deed.ts';
import { Explainer } from './explainer.ts';
import { layerText } from './layer-text.ts';

/**
 * Tells what the kernel does for each line of Python programs; gives what tells the rest at the end. Changes no
 * state. Files below `folder` are the user's own; unless told, all that no library folder holds.
 */
export function explainMachine(
  { kernel, settings }: Machine,
  take: (told: Told) => void,
  folder?: string,
): () => void {
  const textOf = (path: string) => layerText(settings, path);
  const explainer = new Explainer(kernel, { take, textOf, ...(folder !== undefined && { folder }) });
  return () => explainer.flush();
}
