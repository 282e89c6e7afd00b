import { createSecureContext, type SecureContext } from "node:tls";
import { type Authority, LEAF_DAYS } from "./authority.ts";

const MAX_AGE_MS = ((LEAF_DAYS - 1) * 86_400_000) / 2;

export interface LeafOptions {
  readonly authority: Authority;
  readonly capacity: number;
  readonly now: () => number;
}

interface Issued {
  readonly context: Promise<SecureContext>;
  readonly until: number;
}

/**
 * TLS contexts for intercepted hosts, each with a certificate of the authority.
 *
 * Concurrent calls for one host share one issue. At most `capacity` hosts are kept, least recently used out first, because
 * untrusted code chooses the hosts. A failed issue is forgotten, so the next call tries again.
 */
export class LeafCertificates {
  readonly #options: LeafOptions;
  readonly #issued = new Map<string, Issued>();

  constructor(options: LeafOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#issued.size;
  }

  async contextFor(host: string): Promise<SecureContext> {
    const now = this.#options.now();
    const found = this.#issued.get(host);
    this.#issued.delete(host);
    const issued = found !== undefined && found.until > now ? found : this.#issue(host, now);
    // The most recently used one is last.
    this.#issued.set(host, issued);
    for (const oldest of this.#issued.keys()) {
      if (this.#issued.size <= this.#options.capacity) break;
      this.#issued.delete(oldest);
    }
    return await issued.context;
  }

  #issue(host: string, now: number): Issued {
    const context = this.#options.authority.issue(host, now).then((leaf) => createSecureContext(leaf));
    const issued = { context, until: now + MAX_AGE_MS };
    context.catch(() => {
      if (this.#issued.get(host) === issued) this.#issued.delete(host);
    });
    return issued;
  }
}
