import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { TeethAtlas, TeethLayer } from '../generator/mouth/teeth-atlas.js';
import { readSprite } from '../media/sprite.js';

interface LayerManifest {
  readonly file: string;
  readonly mouthCentre: readonly [number, number];
  readonly incisalY: number;
  readonly incisorDepth: number;
}

interface AtlasManifest {
  readonly pixelsPerMouthWidth: number;
  readonly layers: { readonly upper: LayerManifest; readonly lower: LayerManifest };
}

const ASSETS = new URL('../../assets/', import.meta.url);

/** The rendered teeth that come with the package: shown where neither the sitter's nor the driver's own may or can be. */
export async function readTeethAtlas(): Promise<TeethAtlas> {
  const manifest = JSON.parse(await readFile(new URL('teeth-atlas.json', ASSETS), 'utf8')) as AtlasManifest;
  const layer = async ({ file, mouthCentre, incisalY, incisorDepth }: LayerManifest): Promise<TeethLayer> => ({
    frame: await readSprite(fileURLToPath(new URL(file, ASSETS))),
    centreX: mouthCentre[0],
    centreY: mouthCentre[1],
    incisalY,
    depth: incisorDepth,
  });
  const [upper, lower] = await Promise.all([layer(manifest.layers.upper), layer(manifest.layers.lower)]);
  return { pixelsPerMouthWidth: manifest.pixelsPerMouthWidth, upper, lower };
}
