/** The machine in a browser. The image `tiny` is in the bundle; other layers come from whoever calls. */
export * from '../api/index.ts';
