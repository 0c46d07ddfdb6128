/**
 * Open files on their way in messages. Sockets that are held only by messages in each other's inboxes can never be
 * reached again: they are let go. Linux: net/unix/garbage.c.
 */
import type { FileId } from '../types.ts';
import type { Vfs } from '../vfs.ts';
import { AF } from './family.ts';
import type { Message, Socket } from './socket.ts';

/** Takes the files out of a message: they are with somebody, or let go. */
export function takeFiles(vfs: Vfs, message: Message): readonly FileId[] {
  const { files } = message;
  vfs.inet.flying -= files.length;
  message.files = [];
  return files;
}

const messages = function* (vfs: Vfs): Iterable<Message> {
  for (const socket of vfs.sockets.values()) if (socket.family === AF.UNIX) yield* socket.inbox;
};

/** How many files of a user are on their way. Linux: user->unix_inflight. */
export function flyingOf(vfs: Vfs, uid: number): number {
  if (vfs.inet.flying === 0) return 0;
  let count = 0;
  for (const { files, sender } of messages(vfs))
    if (files.length > 0 && vfs.sockets.get(sender)?.owner.uid === uid) count += files.length;
  return count;
}

/** Sockets that somebody can reach: through a descriptor, or through the inbox or backlog of one of them. */
function reachable(vfs: Vfs, inFlight: ReadonlyMap<FileId, number>): ReadonlySet<Socket> {
  const found = new Set<Socket>();
  const rest: Socket[] = [];
  const reach = (id: number) => {
    const socket = vfs.sockets.get(id);
    if (socket === undefined || found.has(socket)) return;
    found.add(socket);
    rest.push(socket);
  };
  for (const { id, kind, refs, channel } of vfs.files.values())
    if (kind === 'socket' && refs > (inFlight.get(id) ?? 0)) reach(channel);
  for (let socket = rest.pop(); socket !== undefined; socket = rest.pop()) {
    for (const id of socket.backlog) reach(id);
    for (const { files } of socket.inbox)
      for (const id of files) if (vfs.files.get(id)!.kind === 'socket') reach(vfs.files.get(id)!.channel);
  }
  return found;
}

/** Empties the inboxes that nobody can reach; gives the files that lay there, to be released. */
export function collectFlying(vfs: Vfs): FileId[] {
  const inFlight = new Map<FileId, number>();
  for (const { files } of messages(vfs))
    for (const id of files) inFlight.set(id, (inFlight.get(id) ?? 0) + 1);
  const isSocket = (id: FileId) => vfs.files.get(id)?.kind === 'socket';
  if (![...inFlight.keys()].some(isSocket)) return [];
  const found = reachable(vfs, inFlight);
  const lost: FileId[] = [];
  for (const socket of vfs.sockets.values()) {
    if (socket.family !== AF.UNIX || found.has(socket)) continue;
    for (const message of socket.inbox) lost.push(...takeFiles(vfs, message));
  }
  return lost;
}
