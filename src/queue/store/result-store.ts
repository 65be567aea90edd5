/** Where results lie under the keys of their items. Workers put them there, and whoever ordered them gets them. */
export interface ResultStore {
  /** Whether the result is there, whole. */
  has(key: string): Promise<boolean>;
  /** Stores the files of a flat folder as the result, all or nothing. When it is there already nothing changes. */
  put(key: string, folder: string): Promise<void>;
  /** Writes the files of a result into an existing, empty folder. */
  get(key: string, folder: string): Promise<void>;
}
