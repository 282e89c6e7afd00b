import type { Clock } from "@clauderon/base";
import { replaceFile } from "@clauderon/files";
import type { RunnerStatus } from "@clauderon/protocol";
import type { StatusChange } from "./model/eventStatus.ts";

/** The longest text of a status that a client accepts. */
const MAX_MESSAGE = 4_096;

type Listener = (status: RunnerStatus) => void;

/** The agent's status; also in `status.json`, for readers after the runner has ended. */
export class StatusBoard {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  #status: RunnerStatus;

  constructor(path: string, clock: Clock, begin: Pick<RunnerStatus, "conversationId" | "turns" | "lastMessage">) {
    this.#path = path;
    this.#clock = clock;
    this.#status = { type: "status", state: "Waiting", activity: "Unknown", ...begin };
  }

  get status(): RunnerStatus {
    return this.#status;
  }

  /**
   * Sets the given fields; undefined removes one. A change of the message removes the code and the hint of the one before.
   * Writes and reports the status when it has changed.
   */
  set(change: StatusChange): void {
    const isNewActivity = change.activity !== undefined && change.activity !== this.#status.activity;
    const time = isNewActivity ? { activityTime: new Date(this.#clock.now()).toISOString() } : {};
    const earlier = "message" in change ? { code: undefined, hint: undefined } : {};
    const message = change.message === undefined ? {} : { message: change.message.slice(0, MAX_MESSAGE) };
    const next = { ...this.#status, ...earlier, ...time, ...change, ...message } as RunnerStatus;
    if (JSON.stringify(next) === JSON.stringify(this.#status)) return;
    this.#status = next;
    this.#write();
    for (const listener of this.#listeners) listener(next);
  }

  /** Reports every change to the listener; the returned function removes it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(): void {
    try {
      replaceFile(this.#path, `${JSON.stringify(this.#status)}\n`);
    } catch {
      // The disk is full: connected clients still get the status.
    }
  }
}
