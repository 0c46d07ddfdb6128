/** Verifies an InRelease file (OpenPGP clear-signed text) against archive keys. */
import type { Key } from 'openpgp';
import { type Problem, problem } from '../base/index.ts';
import { PINNED_FINGERPRINTS } from './keys.ts';

export type ArchiveKey = Key;

/** Loaded when it is needed: it takes longer to load than an image takes to open. */
const openpgp = () => import('openpgp');

const ANOTHER_MIRROR =
  'Name another mirror with --mirror; if all fail alike, install a newer debian-archive-keyring or give --keyring FILE.';

/** Keys of a keyring file, binary or armored; an unreadable file has none. */
export async function readKeyring(bytes: Uint8Array): Promise<readonly ArchiveKey[]> {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 64));
  const { readKey, readKeys } = await openpgp();
  try {
    if (!text.includes('-----BEGIN PGP')) return await readKeys({ binaryKeys: bytes });
    return [await readKey({ armoredKey: new TextDecoder().decode(bytes) })];
  } catch {
    return [];
  }
}

/** Of keys that came over an untrusted way, those whose fingerprint is pinned here. */
export const pinnedOnly = (keys: readonly ArchiveKey[]): readonly ArchiveKey[] =>
  keys.filter((key) => PINNED_FINGERPRINTS.has(key.getFingerprint().toLowerCase()));

/**
 * The signed text when at least one signature by one of the keys holds; only what is returned is signed,
 * never the file around it. `unknown-key` tells a key we do not have from a signature that is wrong.
 */
export async function verifyInRelease(file: string, keys: readonly ArchiveKey[]): Promise<string | Problem> {
  const { readCleartextMessage, verify } = await openpgp();
  const message = await readCleartextMessage({ cleartextMessage: file }).catch(() => undefined);
  if (!message)
    return problem('bad-signature', 'the InRelease file of the mirror is not signed text', ANOTHER_MIRROR);
  const result = await verify({ message, verificationKeys: [...keys], format: 'utf8' });
  let wrong = '';
  for (const signature of result.signatures) {
    const known = keys.some((key) => key.getKeys(signature.keyID).length > 0);
    const fault = await signature.verified.then(
      () => undefined,
      (error: unknown) => String(error instanceof Error ? error.message : error),
    );
    if (fault === undefined) return result.data;
    if (known) wrong = fault;
  }
  if (wrong)
    return problem('bad-signature', `the signature of the InRelease file is wrong: ${wrong}`, ANOTHER_MIRROR);
  return problem('unknown-key', 'the InRelease file is signed by none of the keys we trust', ANOTHER_MIRROR);
}
