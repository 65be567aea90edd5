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
  const measured = Object.keys(part.shots).length > 0;
  const tier = part.shotsTier ?? old.shotsTier;
  // What was left out stays, unless another tier or other weights drew it.
  const now = part.rows[tier]?.weights;
  const kept = Object.entries(old.shots ?? {}).filter(([, shot]) => old.shotsTier === tier && (now === undefined || shot.weights === now));
  const shots = measured ? { shots: { ...Object.fromEntries(kept), ...part.shots }, shotsTier: tier } : { shots: old.shots ?? {}, shotsTier: old.shotsTier };
  const rows = { ...old.rows, ...part.rows };
  // Weights that are gone have no numbers.
  for (const tier of Object.keys(part.missing)) delete rows[tier];
  entry[geometry] = { ...old, ...part, ...shots, rows, missing };
}
