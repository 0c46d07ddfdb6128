/** struct sockaddr_un: a path, an abstract name, or nothing. man 7 unix. */
import { AF } from './socket.ts';

const PATH_AT = 2;

/** The family and the path; a path ends with a zero, an abstract name with its length. */
export function packUnix(name: string): Uint8Array {
  const isPath = name !== '' && !name.startsWith('\0');
  const bytes = new Uint8Array(PATH_AT + name.length + (isPath ? 1 : 0));
  bytes[0] = AF.UNIX;
  for (let i = 0; i < name.length; i++) bytes[PATH_AT + i] = name.charCodeAt(i);
  return bytes;
}

/** The path, a character per byte; empty for an unnamed address, an abstract one begins with a zero. */
export function readUnix(bytes: Uint8Array): string {
  const path = String.fromCharCode(...bytes.subarray(PATH_AT));
  if (path.startsWith('\0')) return path;
  const end = path.indexOf('\0');
  return end < 0 ? path : path.slice(0, end);
}
