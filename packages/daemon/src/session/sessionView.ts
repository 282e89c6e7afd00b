import type { Session } from "@clauderon/protocol";
import type { Entry } from "../registry/model/entry.ts";
import type { Registry } from "../registry/registry.ts";
import type { EventHub } from "./events.ts";
import { apiSession, type View } from "./model/apiSession.ts";

export interface SessionViewOptions {
  readonly name: string;
  readonly registry: Registry;
  readonly events: EventHub;
}

/** The session as clients see it. Reports each change to them, and nothing twice. */
export class SessionView {
  readonly #options: SessionViewOptions;
  #view: View = {
    observation: undefined,
    isConnected: false,
    runner: undefined,
    progress: undefined,
    trouble: undefined,
    unfetched: undefined,
  };
  #reported = "";

  constructor(options: SessionViewOptions) {
    this.#options = options;
  }

  get view(): View {
    return this.#view;
  }

  get session(): Session {
    return apiSession(this.entry, this.#view);
  }

  get entry(): Entry {
    const { name, registry } = this.#options;
    const entry = registry.get(name);
    if (entry === undefined) throw new Error(`Session ${name} is gone`);
    return entry;
  }

  /** Records what has changed, in memory only, and reports the session if it looks different now. */
  set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    const { name, registry, events } = this.#options;
    const entry = registry.get(name);
    if (entry === undefined) return;
    const session = apiSession(entry, this.#view);
    const text = JSON.stringify(session);
    if (text === this.#reported) return;
    this.#reported = text;
    events.tell({ type: "session", session });
  }
}
