/** Something that the output was made from. */
export interface SealIngredient {
  /** `sitter`: weights that were fine-tuned on photos of the sitter; `driver`: the video, picture or motion file that lends its motion. */
  readonly role: 'portrait' | 'sitter' | 'driver';
  /** File name or title, for people. */
  readonly title: string;
  /** MIME type. */
  readonly format: string;
  /** Of the file's bytes, 64 hex digits. */
  readonly sha256: string;
  /**
   * Where the file lies. When given and the file carries Content Credentials of its own, they are carried over into the
   * output's manifest; leave it out for a driver whose pixels (a thumbnail may be among them) are to be kept out.
   */
  readonly path?: string;
}

/** What C2PA calls the tie of every ingredient: it went into a process that made the output. */
export const INGREDIENT_RELATIONSHIP = 'inputTo';
