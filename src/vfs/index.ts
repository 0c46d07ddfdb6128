export type { Layer, LayerDirectory, LayerFile, LayerNode, LayerSymlink } from './layer.ts';
