import { createHash, createHmac } from 'node:crypto';

/** Who signs requests to an S3-compatible store. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly region: string;
}

/** SHA-256 of nothing. */
export const EMPTY_SHA256 = createHash('sha256').digest('hex');

/**
 * The headers that sign a request, AWS Signature Version 4 for S3. `url` has no query.
 *
 * @param extra - further headers to sign, names in lower case
 * @param bodySha256 - hex
 */
export function signS3(method: string, url: URL, bodySha256: string, credentials: S3Credentials, now: Date, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, ''); // 20130524T000000Z
  const day = time.slice(0, 8);
  const { accessKeyId, secretAccessKey, sessionToken, region } = credentials;
  const headers: Record<string, string> = {
    ...extra,
    host: url.host,
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const signed = names.join(';');
  const canonical = [method, url.pathname, '', ...names.map((name) => `${name}:${headers[name]!.trim()}`), '', signed, bodySha256].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>((secret, part) => createHmac('sha256', secret).update(part).digest(), `AWS4${secretAccessKey}`);
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  // `host` is set by the client itself.
  const { host: _host, ...sent } = headers;
  return { ...sent, authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope},SignedHeaders=${signed},Signature=${signature}` };
}
