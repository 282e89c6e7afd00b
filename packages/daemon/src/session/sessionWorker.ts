import type { Clock, Fault, Log } from "@clauderon/base";
import type { Session } from "@clauderon/protocol";
import type { Observation, SessionBackend } from "../backend.ts";
import { SessionLink } from "../link/sessionLink.ts";
import type { Entry } from "../registry/model/entry.ts";
import type { Registry } from "../registry/registry.ts";
import type { EventHub } from "./events.ts";
import type { View } from "./model/apiSession.ts";
import { failureOf } from "./model/failure.ts";
import { planStep, type Step } from "./model/plan.ts";
import { SessionView } from "./sessionView.ts";
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
  readonly #view: SessionView;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#failures = new StepFailures(options.log);
    this.#view = new SessionView(options);
    this.link = new SessionLink({
      session: options.name,
      clock: options.clock,
      connect: (signal) => options.backend.connect(this.#view.entry.record, signal),
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
    this.#step.abort();
    this.wake();
    this.#view.set({ trouble: undefined, progress: undefined });
  }

  /** Why the last turn's work was not fetched; undefined if it was. */
  noteFetch(fault: Fault | undefined): void {
    this.#view.set({ unfetched: fault === undefined ? undefined : failureOf(fault) });
  }

  get session(): Session {
    return this.#view.session;
  }

  /** See SessionBackend. */
  get hasOwnRepository(): boolean {
    return this.#options.backend.hasOwnRepository;
  }

  /** See SessionBackend. */
  orphan(): Promise<readonly string[]> {
    return this.#options.backend.orphan(this.#view.entry.record);
  }

  get view(): View {
    return this.#view.view;
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
    this.#view.set({ observation });
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
    this.#view.set({ trouble: undefined, progress: undefined });
  }

  /** Records a failure. Returns the pause before the next try, if there is one. */
  #fail(thrown: unknown, step: Step): number | undefined {
    const { name, registry } = this.#options;
    const entry = registry.get(name);
    if (entry === undefined) return undefined;
    const { failure, verdict } = this.#failures.count({ step, entry, thrown });
    if ("giveUp" in verdict) registry.change(name, { failure: verdict.giveUp });
    this.#view.set({ trouble: failure, progress: undefined });
    this.#failures.tell(thrown);
    return "giveUp" in verdict ? undefined : verdict.retryMs;
  }

  readonly #progress = (step: string, percent?: number): void => {
    const { name, events } = this.#options;
    events.progressOf(name)(step, percent);
    this.#view.set({ progress: step });
  };

  #linkChanged(): void {
    const { isConnected, status: runner } = this.link;
    const wasConnected = this.#view.view.isConnected;
    this.#view.set({ isConnected, runner });
    const entry = this.#options.registry.get(this.#options.name);
    if (isConnected && entry?.wanted === "Running" && runner !== undefined) {
      this.#options.turned(entry.record, runner.turns);
    }
    if (wasConnected !== isConnected || runner?.state === "Waiting") this.wake();
  }
}

const RUNNER_CRASHES = {
  code: "AGENT_FAILED",
  message: "The session's runner keeps ending",
  hint: "See runner.log in the session's folder, then: clauderon recreate",
};
