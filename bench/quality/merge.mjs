/**
 * Puts what was measured of one clip among what is known: the same rows are replaced, others stay.
 *
 * @param clips - `{ [set]: { [clip]: { labels, product, truth } } }`, changed in place
 * @param geometry - `product` or `truth`
 * @param part - what clip.mjs measured
 */
export function merge(clips, set, clip, geometry, part) {
  const entry = ((clips[set] ??= {})[clip.name] ??= {});
  entry.labels = clip.labels;
  const old = entry[geometry] ?? {};
  const missing = { ...old.missing, ...part.missing };
  for (const tier of Object.keys(part.rows)) delete missing[tier];
  const shots = part.shotsTier === undefined ? { shots: old.shots ?? {}, shotsTier: old.shotsTier } : {};
  const rows = { ...old.rows, ...part.rows };
  // Weights that are gone have no numbers.
  for (const tier of Object.keys(part.missing)) delete rows[tier];
  entry[geometry] = { ...old, ...part, ...shots, rows, missing };
}
