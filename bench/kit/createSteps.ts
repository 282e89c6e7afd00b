import type { CreateSession } from "@clauderon/protocol";
import { type DaemonHome, isStarted } from "./daemonHome.ts";
import { type Figures, printFigures } from "./figures.ts";

/** What one create took, in milliseconds. */
export interface Created {
  readonly total: number;
  /** By the progress message at the start of a step, until the next step; `request` is the time before the first. */
  readonly steps: ReadonlyMap<string, number>;
}

/** Creates a session and measures each step that the daemon reports, until its agent has reported an event. */
export async function timeCreate(
  daemon: DaemonHome,
  session: Partial<CreateSession> & { readonly name: string },
): Promise<Created> {
  const { name } = session;
  const steps = new Map<string, number>();
  let [begin, since, step] = [0, 0, "request"];
  const endStep = () => {
    const now = performance.now();
    steps.set(step, (steps.get(step) ?? 0) + now - since);
    since = now;
  };
  for await (const event of daemon.client.events()) {
    if (event.type === "ready") {
      begin = since = performance.now();
      // A refusal must not be waited for.
      await daemon.post(session);
    } else if (event.type === "progress" && event.name === name) {
      endStep();
      step = plain(event.step, daemon, name);
    } else if (isStarted(event, name)) break;
  }
  endStep();
  return { total: performance.now() - begin, steps };
}

/** The sentence without what differs from session to session. */
const plain = (sentence: string, daemon: DaemonHome, name: string) =>
  sentence.replaceAll(daemon.repository, "the repository").replaceAll(name, "NAME");

/** Prints the whole, then each step in the order in which they were seen first. */
export function printCreated(created: readonly Created[], whole: Omit<Figures, "values" | "unit">): void {
  printFigures({ ...whole, unit: "ms", values: created.map(({ total }) => total) });
  for (const step of new Set(created.flatMap(({ steps }) => [...steps.keys()]))) {
    const values = created.flatMap(({ steps }) => steps.get(step) ?? []);
    printFigures({ label: `  ${step}`.slice(0, 45), unit: "ms", values });
  }
}
