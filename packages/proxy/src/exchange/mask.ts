import { Transform, type TransformCallback } from "node:stream";

const STAR = 0x2a;

/** The text with stars for every secret in it, of the same length. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, "*".repeat(secret.length)), text);
}

/**
 * Writes stars over every secret in a body, so that a service that reflects what it received does not show the agent its
 * credential. The length stays the same. It holds back no byte but those that may begin a secret, so streams stay live.
 */
export class Mask extends Transform {
  readonly #secrets: readonly Buffer[];
  #held: Buffer = Buffer.alloc(0);

  constructor(secrets: readonly string[]) {
    super();
    this.#secrets = secrets.filter((secret) => secret !== "").map((secret) => Buffer.from(secret));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const bytes = Buffer.concat([this.#held, chunk]);
    for (const secret of this.#secrets) cover(bytes, secret);
    const hold = Math.max(0, ...this.#secrets.map((secret) => beginning(bytes, secret)));
    this.#held = bytes.subarray(bytes.length - hold);
    done(null, bytes.subarray(0, bytes.length - hold));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#held);
  }
}

function cover(bytes: Buffer, secret: Buffer): void {
  for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + secret.length)) {
    bytes.fill(STAR, at, at + secret.length);
  }
}

/** How many bytes at the end may be the beginning of the secret. */
function beginning(bytes: Buffer, secret: Buffer): number {
  const [first = 0] = secret;
  for (
    let at = bytes.indexOf(first, Math.max(0, bytes.length - secret.length + 1));
    at >= 0;
    at = bytes.indexOf(first, at + 1)
  ) {
    if (secret.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return bytes.length - at;
  }
  return 0;
}
