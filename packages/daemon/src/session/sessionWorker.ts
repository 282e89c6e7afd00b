import type { Clock, Fault, Log } from "@clauderon/base";
import type { Session } from "@clauderon/protocol";
import type { Observation, SessionBackend } from "../backend.ts";
import { SessionLink } from "../link/sessionLink.ts";
import type { Entry } from "../registry/model/entry.ts";
import type { Registry } from "../registry/registry.ts";
import type { EventHub } from "./events.ts";
import { apiSession, type View } from "./model/apiSession.ts";
import { failureOf } from "./model/failure.ts";
import { planStep, type Step } from "./model/plan.ts";
import { StepFailures } from "./stepFailures.ts";
import type { Steps } from "./steps.ts";

export interface WorkerOptions {
  readonly name: string;
  readonly backend: SessionBackend;
  readonly registry: Registry;
  readonly steps: Steps;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with the number of turns that the agent has ended, each time the runner reports it. */
  readonly turned: (record: Entry["record"], turns: number) => void;
  /** The session and its row are gone. */
  readonly removed: (name: string, rescuedRef: string | undefined) => void;
}

/** Runners brought up within this time count as one series of crashes. */
const RECENT_MS = 600_000;
/** Limits steps that follow each other without end. A pass needs only a few. */
const MAX_STEPS = 50;

/**
 * Brings one session to the state that its entry wants: gather, plan one step, act, report, until nothing is left to do.
 * It is woken whenever something may have changed, holds nothing that the next daemon would need, and does one thing at
 * a time.
 */
export class SessionWorker {
  readonly link: SessionLink;
  readonly #options: WorkerOptions;
  readonly #stop = new AbortController();
  #step = new AbortController();
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  #starts: readonly number[] = [];
  readonly #failures: StepFailures;
  #view: View = {
    observation: undefined,
    isConnected: false,
    runner: undefined,
    progress: undefined,
    trouble: undefined,
    unfetched: undefined,
  };
  #told = "";

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#failures = new StepFailures(options.log);
    this.link = new SessionLink({
      session: options.name,
      clock: options.clock,
      connect: (signal) => options.backend.connect(this.#entry().record, signal),
      changed: () => this.#linkChanged(),
    });
  }

  /** Looks at the session again as soon as the current step ends. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Something that the session runs in may have changed. Reports the change immediately, even during a step. */
  changed(): void {
    const entry = this.#options.registry.get(this.#options.name);
    // If this fails, the worker repeats it: it is woken below.
    if (entry !== undefined) this.#observe(entry).catch(() => undefined);
    this.wake();
  }

  /** Another state is wanted: cuts the current step short and forgets earlier failures. */
  interrupt(): void {
    this.#failures.forget();
    this.#starts = [];
    this.#view = { ...this.#view, trouble: undefined };
    this.#step.abort();
    this.wake();
    this.#report();
  }

  /** Why the last turn's work was not fetched; undefined if it was. */
  noteFetch(fault: Fault | undefined): void {
    this.#view = { ...this.#view, unfetched: fault === undefined ? undefined : failureOf(fault) };
    this.#report();
  }

  get session(): Session {
    return apiSession(this.#entry(), this.#view);
  }

  /** See SessionBackend. */
  get hasOwnRepository(): boolean {
    return this.#options.backend.hasOwnRepository;
  }

  get view(): View {
    return this.#view;
  }

  /** Calls the listener with the next failure of a step, once. */
  onFailure(listener: (thrown: unknown) => void): () => void {
    return this.#failures.onNext(listener);
  }

  /** Works until `stop`. The next daemon continues from whatever state that leaves. */
  async run(): Promise<void> {
    while (!this.#stop.signal.aborted && this.#options.registry.get(this.#options.name) !== undefined) {
      this.#wake = Promise.withResolvers();
      const restMs = await this.#pass();
      if (this.#options.registry.get(this.#options.name) === undefined) break;
      const timer = new AbortController();
      const due =
        restMs === undefined ? new Promise<never>(() => undefined) : this.#options.clock.sleep(restMs, timer.signal);
      await Promise.race([this.#wake.promise, due]);
      timer.abort();
    }
    this.link.close();
  }

  stop(): void {
    this.#stop.abort();
    this.#step.abort();
    this.wake();
  }

  /** Runs steps until nothing is left to do. After a failure that is worth another try, returns the pause before it. */
  async #pass(): Promise<number | undefined> {
    for (let count = 0; count < MAX_STEPS && !this.#stop.signal.aborted; count += 1) {
      const entry = this.#options.registry.get(this.#options.name);
      if (entry === undefined) return undefined;
      this.#step = new AbortController();
      let step: Step = "rest";
      try {
        step = await this.#plan(entry);
        if (step === "rest") {
          this.#settle();
          return undefined;
        }
        await this.#act(step, entry);
        this.#settle();
      } catch (thrown) {
        if (this.#stop.signal.aborted) return undefined;
        // The step was cut short because another state is wanted; whatever failed then does not matter.
        if (!this.#step.signal.aborted) return this.#fail(thrown, step);
      }
    }
    return 1_000;
  }

  async #plan(entry: Entry): Promise<Step> {
    const observation = await this.#observe(entry);
    const now = performance.now();
    this.#starts = this.#starts.filter((time) => now - time < RECENT_MS);
    return planStep({
      entry,
      observation,
      isConnected: this.link.isConnected,
      isWaiting: this.link.status?.state === "Waiting",
      recentStarts: this.#starts.length,
    });
  }

  async #observe(entry: Entry): Promise<Observation> {
    const observation = await this.#options.backend.observe(entry.record);
    this.#view = { ...this.#view, observation };
    this.#report();
    return observation;
  }

  async #act(step: Step, entry: Entry): Promise<void> {
    const { steps, registry, name } = this.#options;
    const context = { entry, link: this.link, signal: this.#step.signal, progress: this.#progress };
    switch (step) {
      case "capture":
        return steps.capture(context);
      case "relocate":
        return steps.relocate(context);
      case "bringUp":
        await steps.bringUp(context);
        // A failed attempt, for example without an API server, has started nothing.
        if (entry.started) this.#starts = [...this.#starts, performance.now()];
        return undefined;
      case "connect":
        return this.link.connect(this.#step.signal);
      case "begin":
        return steps.begin(context);
      case "halt":
        return steps.halt(context);
      case "remove": {
        const rescuedRef = await steps.remove(context);
        return this.#options.removed(name, rescuedRef);
      }
      case "giveUp":
        return registry.change(name, { failure: RUNNER_CRASHES });
      case "rest":
        return undefined;
    }
  }

  #settle(): void {
    this.#failures.forget();
    this.#view = { ...this.#view, trouble: undefined, progress: undefined };
    this.#report();
  }

  /** Records a failure. Returns the pause before the next try, if there is one. */
  #fail(thrown: unknown, step: Step): number | undefined {
    const { name, registry } = this.#options;
    const entry = registry.get(name);
    if (entry === undefined) return undefined;
    const { failure, verdict } = this.#failures.count({ step, entry, thrown });
    this.#view = { ...this.#view, trouble: failure, progress: undefined };
    if ("giveUp" in verdict) registry.change(name, { failure: verdict.giveUp });
    this.#report();
    this.#failures.tell(thrown);
    return "giveUp" in verdict ? undefined : verdict.retryMs;
  }

  readonly #progress = (step: string, percent?: number): void => {
    const { name, events } = this.#options;
    this.#view = { ...this.#view, progress: step };
    events.progressOf(name)(step, percent);
    this.#report();
  };

  #linkChanged(): void {
    const { isConnected, status: runner } = this.link;
    const wasConnected = this.#view.isConnected;
    this.#view = { ...this.#view, isConnected, runner };
    this.#report();
    const entry = this.#options.registry.get(this.#options.name);
    if (isConnected && entry?.wanted === "Running" && runner !== undefined) {
      this.#options.turned(entry.record, runner.turns);
    }
    if (wasConnected !== isConnected || runner?.state === "Waiting") this.wake();
  }

  /** Reports the session if it differs from the last report. */
  #report(): void {
    const entry = this.#options.registry.get(this.#options.name);
    if (entry === undefined) return;
    const session = apiSession(entry, this.#view);
    const text = JSON.stringify(session);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.events.tell({ type: "session", session });
  }

  #entry(): Entry {
    const entry = this.#options.registry.get(this.#options.name);
    if (entry === undefined) throw new Error(`Session ${this.#options.name} is gone`);
    return entry;
  }
}

const RUNNER_CRASHES = {
  code: "AGENT_FAILED",
  message: "The session's runner keeps ending",
  hint: "See runner.log in the session's folder, then: clauderon recreate",
};
