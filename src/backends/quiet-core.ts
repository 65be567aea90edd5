import type { TensorFlow } from './types.js';

/** tfjs-core in production mode: it advertises faster backends and comments on its own set-up on the console otherwise. */
export async function quietCore(): Promise<TensorFlow> {
  const tf = await import('@tensorflow/tfjs-core');
  tf.enableProdMode();
  return tf;
}
