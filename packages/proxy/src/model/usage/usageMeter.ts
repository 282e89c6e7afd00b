import { parseJsonBytes } from "@clauderon/protocol/proxy";
import { ByteLines, joined } from "./byteLines.ts";
import { type ModelUsage, objectOf, readUsage, type UsageMembers } from "./modelUsage.ts";

/** Lines of events that carry usage are short; what is longer is content. */
const MAX_EVENT_BYTES = 65_536;
/** The longest answer of a model that does not stream. */
const MAX_BODY_BYTES = 4_194_304;

/** Reads the usage out of a model's answer while it passes. */
export interface UsageMeter {
  push(bytes: Uint8Array): void;
  /** What the answer said until now; undefined while it said nothing. An answer that breaks off has used what it said. */
  readonly usage: ModelUsage | undefined;
}

/** A meter for an answer of Anthropic's Messages API with this Content-Type; undefined for one that says no usage. */
export function usageMeter(contentType: string): UsageMeter | undefined {
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  if (type === "text/event-stream") return new EventMeter();
  return type === "application/json" ? new BodyMeter() : undefined;
}

class EventMeter implements UsageMeter {
  readonly #lines = new ByteLines(MAX_EVENT_BYTES);
  #model: string | undefined;
  #members: UsageMembers = {};

  get usage(): ModelUsage | undefined {
    return this.#model === undefined ? undefined : readUsage(this.#model, this.#members);
  }

  push(bytes: Uint8Array): void {
    for (const line of this.#lines.push(bytes)) {
      const event = mayHaveUsage(line) ? objectOf(parseJsonBytes(line.subarray(DATA.length))) : {};
      if (event["type"] === "message_start") this.#read(objectOf(event["message"]));
      if (event["type"] === "message_delta") this.#read(event);
    }
  }

  /** The counts of later events include those of earlier ones. */
  #read(message: UsageMembers): void {
    const { model } = message;
    if (typeof model === "string") this.#model = model;
    const known = Object.entries(objectOf(message["usage"])).filter(([, value]) => value !== null);
    this.#members = { ...this.#members, ...Object.fromEntries(known) };
  }
}

class BodyMeter implements UsageMeter {
  #parts: Uint8Array[] = [];
  #length = 0;

  get usage(): ModelUsage | undefined {
    if (this.#length > MAX_BODY_BYTES) return undefined;
    const { model, usage } = objectOf(parseJsonBytes(joined(this.#parts, this.#length)));
    return typeof model === "string" && usage !== undefined ? readUsage(model, objectOf(usage)) : undefined;
  }

  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > MAX_BODY_BYTES) this.#parts = [];
    else this.#parts.push(bytes.slice());
  }
}

const DATA = bytesOf("data:");
const USAGE = bytesOf('"usage"');

function bytesOf(ascii: string): readonly number[] {
  return Array.from({ length: ascii.length }, (_, index) => ascii.charCodeAt(index));
}

/** Most lines are pieces of text: they are dropped without being parsed. */
function mayHaveUsage(line: Uint8Array): boolean {
  return DATA.every((byte, index) => line[index] === byte) && includes(line, USAGE);
}

function includes(line: Uint8Array, wanted: readonly number[]): boolean {
  const [first = 0] = wanted;
  for (let at = line.indexOf(first); at >= 0; at = line.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => line[at + index] === byte)) return true;
  }
  return false;
}
