/** How many connections may wait to be accepted. Linux: __sys_listen_socket(). */

/** net.core.somaxconn. */
export const SOMAXCONN = 4096;

/** A negative backlog is a large one. */
export const boundedBacklog = (asked: number): number => Math.min(asked >>> 0, SOMAXCONN);
