import { Fault, type Log, Secret } from "@clauderon/base";
import { credentialFileSchema, type CredentialRule } from "@clauderon/protocol/proxy";
import { z } from "zod";
import { WatchedFolder } from "../folders/watchedFolder.ts";

interface Credential {
  readonly rule: CredentialRule;
  readonly secret: Secret;
}

/** The real credentials, one in each file of a folder; grants name them by the file's name without `.json`. */
export class Credentials {
  readonly #folder: WatchedFolder<Credential>;

  constructor(path: string, log: Log) {
    this.#folder = new WatchedFolder({ path, suffix: ".json", log, parse: parseCredential });
  }

  /** Reads credentials that changed at once. */
  reload(): void {
    this.#folder.reload();
  }

  watch(): void {
    this.#folder.watch(() => undefined);
  }

  close(): void {
    this.#folder.close();
  }

  problems(): ReadonlyMap<string, string> {
    return this.#folder.problems();
  }

  rules(): readonly CredentialRule[] {
    return this.#folder.values().map(({ rule }) => rule);
  }

  secretOf(name: string): Secret | undefined {
    return this.#folder.get(name)?.secret;
  }
}

function parseCredential(name: string, text: string): Credential {
  const parsed = credentialFileSchema.safeParse(jsonOf(name, text));
  if (!parsed.success)
    throw new Fault("CONFIG_INVALID", `The credential ${name} is not valid: ${z.prettifyError(parsed.error)}`);
  const { service, secret, hosts, headers } = parsed.data;
  const own = { ...(hosts === undefined ? {} : { hosts }), ...(headers === undefined ? {} : { headers }) };
  return { rule: { name, service, ...own }, secret: new Secret(secret) };
}

function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new Fault("CONFIG_INVALID", `The credential ${name} is not valid JSON`);
  }
}
