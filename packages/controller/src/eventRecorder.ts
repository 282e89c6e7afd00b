import { type Backoff, backoffMs, Fault, type KubeObject, messageOf } from "@clauderon/base";
import { ApiError, EVENTS, isAlreadyExists, isNotFound, type KubeClient } from "@clauderon/kube";
import {
  eventObject,
  type EventText,
  type Reporter,
  type Series,
  seriesField,
  seriesKey,
} from "./model/eventSeries.ts";
import { type Rate, TokenBucket } from "./model/tokenBucket.ts";
import type { Surroundings } from "./reflector.ts";
import { microTime } from "./systemClock.ts";

export interface EventRecorderOptions extends Surroundings {
  readonly client: Pick<KubeClient, "create" | "patch">;
  readonly reporter: Reporter;
}

/** A series that is being written to the API server. */
interface Entry {
  series: Series;
  isStored: boolean;
  isQueued: boolean;
}

/** For each object: the rate of the Kubernetes event broadcaster's spam filter. */
const RATE: Rate = { perSecond: 1 / 300, burst: 25 };
const MAX_REMEMBERED = 1000;
const MAX_QUEUED = 1000;
const MAX_ATTEMPTS = 5;
const BACKOFF: Backoff = { baseMs: 500, maxMs: 10_000 };
const MAX_NOTE_BYTES = 1024;

/**
 * Records Events about objects. An equal event increments the count of the existing series. An object can have 25 events
 * at once and then one in 5 minutes; the next Event includes the count of the repetitions in between.
 *
 * Never throws and never blocks: the recorder writes events in the background, one after the other. It drops and logs an
 * event that the API server does not accept for a long time.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #queue: Entry[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  event(object: KubeObject, text: EventText): void {
    const { log, clock } = this.#options;
    try {
      const entry = this.#entry(object, { ...text, message: cut(text.message) });
      if (entry.isQueued) return; // It will be written with its new count.
      if (!this.#bucket(object).tryTake(clock.monotonic())) return;
      if (this.#queue.length >= MAX_QUEUED) return log.warn("Too many events; dropped one", { reason: text.reason });
      entry.isQueued = true;
      this.#queue.push(entry);
      this.#writing ??= this.#writeAll();
    } catch (thrown) {
      log.error("Recording an event failed", { reason: text.reason, error: messageOf(thrown) });
    }
  }

  /** Resolves when every event so far is written or dropped. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #entry(object: KubeObject, text: EventText): Entry {
    const key = seriesKey(object, text);
    const now = microTime(this.#options.clock.now());
    const known = this.#entries.get(key);
    const entry = known ?? { series: newSeries(object, text, now), isStored: false, isQueued: false };
    if (known !== undefined) known.series = { ...known.series, count: known.series.count + 1, lastTime: now };
    remember(this.#entries, key, entry);
    return entry;
  }

  #bucket({ kind, metadata }: KubeObject): TokenBucket {
    const key = metadata.uid ?? `${kind}/${metadata.namespace}/${metadata.name}`;
    const bucket = this.#buckets.get(key) ?? new TokenBucket(RATE, this.#options.clock.monotonic());
    remember(this.#buckets, key, bucket);
    return bucket;
  }

  async #writeAll(): Promise<void> {
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      await this.#tryWrite(entry);
    }
    this.#writing = undefined;
  }

  async #tryWrite(entry: Entry): Promise<void> {
    const { log, clock, random = Math.random } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        entry.isQueued = false;
        return await this.#write(entry);
      } catch (thrown) {
        if (attempt === MAX_ATTEMPTS || !isPassing(thrown)) {
          return log.warn("Writing an event failed", { reason: entry.series.text.reason, error: messageOf(thrown) });
        }
      }
      entry.isQueued = true;
      await clock.sleep(backoffMs(BACKOFF, attempt, random()));
    }
  }

  async #write(entry: Entry): Promise<void> {
    const { client, reporter } = this.#options;
    const event = eventObject(entry.series, reporter);
    if (!entry.isStored) return this.#create(entry);
    try {
      await client.patch(EVENTS, event.metadata, seriesField(entry.series));
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      entry.isStored = false; // Events expire; it happened again, so this starts a new series.
      entry.series = newSeries(entry.series.object, entry.series.text, entry.series.lastTime);
      await this.#create(entry);
    }
  }

  async #create(entry: Entry): Promise<void> {
    try {
      await this.#options.client.create(EVENTS, eventObject(entry.series, this.#options.reporter));
    } catch (thrown) {
      if (!isAlreadyExists(thrown)) throw thrown; // Else an earlier attempt came through.
    }
    entry.isStored = true;
  }
}

function newSeries(object: KubeObject, text: EventText, time: string): Series {
  return { object, text, firstTime: time, lastTime: time, count: 1 };
}

/** True for an error after which a retry can succeed. */
function isPassing(thrown: unknown): boolean {
  return thrown instanceof Fault || (thrown instanceof ApiError && (thrown.status === 429 || thrown.status >= 500));
}

/** Moves the entry to the end, and drops the least recently used entry if there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}

function cut(message: string): string {
  if (Buffer.byteLength(message) <= MAX_NOTE_BYTES) return message;
  const kept = Buffer.from(message)
    .subarray(0, MAX_NOTE_BYTES - 4)
    .toString();
  return `${kept.replace(/\uFFFD$/, "")}…`;
}
