/** Layouts in which a corpus can be exported. */
export const EXPORT_FORMATS = ['deepfakebench', 'faceforensics', 'celebdf', 'dfdc'] as const;
/** Layout of an export. @public */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
