/** Compression levels of a corpus, named as in FaceForensics++. */
export const LEVELS = ['raw', 'c23', 'c40'] as const;
/** A compression level: `raw` is lossless. @public */
export type Level = (typeof LEVELS)[number];

/** Constant rate factor of libx264 for each level. */
export const LEVEL_CRF: Readonly<Record<Level, number>> = { raw: 0, c23: 23, c40: 40 };
