/** The 32-bit payload of the invisible mark as the eight hex digits that tags, XMP and C2PA repeat. */
export function markCode(payload: number): string {
  return (payload >>> 0).toString(16).padStart(8, '0');
}

/** The payload behind eight hex digits; `undefined` for anything else. */
export function parseMarkCode(code: string): number | undefined {
  return /^[0-9a-f]{8}$/i.test(code) ? Number.parseInt(code, 16) : undefined;
}
