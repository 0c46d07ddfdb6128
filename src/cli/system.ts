/** What an image is given to boot as a system: init, a table for it, and a root who can log in. */
import { decodeUtf8, type Problem, problem } from '../base/index.ts';
import { type LayerEntry, type LayeredImage, systemLayer } from '../host-node/index.ts';
import type { ChosenImage } from './choose-image.ts';
import { bytesAt, nodeAt } from './layer-path.ts';

const GETTY = '/sbin/agetty';
const LOGIN = '/bin/login';

/** The image with our init on top. A user logs in without a question. */
export function asSystem(image: ChosenImage, autologin: string | undefined): ChosenImage | Problem {
  const hasLogin = [GETTY, LOGIN].every((path) => nodeAt(image, path) !== undefined);
  if (autologin !== undefined && !hasLogin)
    return problem(
      'no-login',
      `the image ${image.name} has no agetty and login to log in with`,
      'Fetch one that has: timeslice image pull debian+login+passwd+util-linux.',
    );
  if (autologin !== undefined && !/^[a-z_][a-z0-9_-]*$/.test(autologin))
    return problem('bad-user', `--autologin ${autologin}: not the name of a user`, 'Give one, such as root.');
  const files: Record<string, LayerEntry> = { ...(hasLogin && openAccount(image)) };
  const hasTable = nodeAt(image, '/etc/inittab') !== undefined && autologin === undefined;
  if (!hasTable && hasLogin) files['/etc/inittab'] = table(autologin);
  const sbin = nodeAt(image, '/sbin') === nodeAt(image, '/usr/sbin') ? '/usr/sbin' : '/sbin';
  return { ...image, layers: [...image.layers, systemLayer(sbin, files)] };
}

/** The terminal's kind is that of TERM, which agetty passes on. */
function table(autologin: string | undefined): string {
  const as = autologin === undefined ? '' : `--autologin ${autologin} `;
  return (
    '# id:runlevels:action:process\n' +
    `console::respawn:${GETTY} ${as}--noclear --keep-baud console 38400 "\${TERM:-linux}"\n`
  );
}

/** Debian's root has a password that nothing matches: it gets none, so that somebody can log in at all. */
function openAccount(image: LayeredImage): Record<string, LayerEntry> {
  for (const path of ['/etc/shadow', '/etc/passwd']) {
    const bytes = bytesAt(image, path);
    const text = bytes && decodeUtf8(bytes);
    if (text && /^root:[*!]+:/m.test(text)) {
      const opened = text.replace(/^root:[*!]+:/m, 'root::');
      return { [path]: { bytes: opened, mode: path === '/etc/shadow' ? 0o640 : 0o644 } };
    }
  }
  return {};
}
