import { resolve } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { FolderStore } from './folder-store.js';
import type { ResultStore } from './result-store.js';
import { S3Store } from './s3-store.js';

/**
 * Opens a result store: a folder, or `s3://bucket/prefix` with the usual environment variables (`AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, and `AWS_ENDPOINT_URL` for stores other than Amazon's).
 *
 * @throws VivantError `INVALID_OPTION`
 */
export function openStore(place: string, environment: NodeJS.ProcessEnv = process.env): ResultStore {
  if (!/^[a-z0-9]+:\/\//i.test(place)) return new FolderStore(resolve(place));
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/.exec(place) ?? [];
  if (bucket === undefined) throw new VivantError('INVALID_OPTION', `Expected \`results\` to be a folder or s3://bucket/prefix but received ${JSON.stringify(place)}.`, { details: { option: 'results' } });
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken, AWS_REGION: region = 'us-east-1', AWS_ENDPOINT_URL: endpoint } = environment;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new VivantError('INVALID_OPTION', `Expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment for \`results\` ${place}.`, { details: { option: 'results' } });
  }
  const origin = (endpoint ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, '');
  const path = [bucket, ...prefix.split('/').filter((part) => part !== '').map(encodeURIComponent)].join('/');
  return new S3Store(`${origin}/${path}`, { accessKeyId, secretAccessKey, sessionToken, region });
}
