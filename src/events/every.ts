/** The declarations of all kinds under one name. */
export * from './kinds.ts';
export * from './kinds-more.ts';
