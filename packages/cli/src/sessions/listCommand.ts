import type { DaemonEvent, Session, UsageList } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { formatAge } from "../output/age.ts";
import { type Colour, colourer } from "../output/colours.ts";
import { formatTable } from "../output/model/table.ts";
import { type LocalRunState, readRuns } from "../run/runRecord.ts";
import { followEvents } from "./followSession.ts";
import { SESSION_HEADINGS, sessionRow, WIDE_HEADINGS, wideRow } from "./model/sessionRow.ts";

export interface ListRequest {
  readonly json: boolean;
  readonly watch: boolean;
  /** Include finished runs. */
  readonly all: boolean;
  /** With what the sessions used. */
  readonly wide: boolean;
}

/** Prints the sessions by name; with `watch`, again after every change until a signal stops it. */
export async function listCommand(request: ListRequest, context: CommandContext): Promise<void> {
  const client = await connectDaemon(context.config);
  if (request.watch) return watchSessions(request, context);
  const [items, usage] = await Promise.all([client.list(), request.wide ? client.usage() : undefined]);
  const runs = runsOf(request, context);
  if (request.json) return context.print(JSON.stringify({ items, runs, ...(usage && { usage }) }, null, 2));
  context.print(listText({ items, runs, usage }, context));
}

function runsOf({ all }: ListRequest, { config }: CommandContext): readonly LocalRunState[] {
  return readRuns(config.home).filter(({ phase }) => all || phase === "Running");
}

interface Listed {
  readonly items: readonly Session[];
  readonly runs: readonly LocalRunState[];
  /** For a wide list. */
  readonly usage?: UsageList["items"] | undefined;
}

function listText({ items, runs, usage }: Listed, context: CommandContext): string {
  if (items.length + runs.length === 0)
    return "No sessions. Run `clauderon create --repo PATH --prompt TEXT` to create one.";
  const now = Date.now();
  const rows = items.map((session) => {
    const age = formatAge(session.createdTime, now);
    return usage === undefined ? sessionRow(session, age) : wideRow(session, age, usage[session.name]);
  });
  const runRows = runs.map((run) => runRow(run, formatAge(run.createdTime, now)));
  const phases = [...items.map(({ status }) => status.phase), ...runs.map(({ phase }) => phase)];
  const headings = usage === undefined ? SESSION_HEADINGS : WIDE_HEADINGS;
  return coloured(formatTable(headings, [...rows, ...runRows]), phases, context);
}

function runRow({ name, agent, phase, branches }: LocalRunState, age: string): readonly string[] {
  return [name, "local", agent, phase, "-", branches.length === 0 ? "-" : branches.join(","), age];
}

const PHASE_COLOURS: Readonly<Partial<Record<string, Colour>>> = {
  Running: "green",
  Failed: "red",
  Missing: "red",
  Error: "red",
  Pending: "yellow",
  Archived: "dim",
};

/** The table with colours, which take no width in it. */
function coloured(table: string, phases: readonly string[], context: CommandContext): string {
  const colour = colourer(context);
  const [heading = "", ...lines] = table.split("\n");
  const drawn = lines.map((line, index) => {
    const phase = phases[index];
    const hue = phase === undefined ? undefined : PHASE_COLOURS[phase];
    const phased =
      hue === undefined || phase === undefined ? line : line.replace(` ${phase}`, ` ${colour(hue, phase)}`);
    return phased.replace(/ (WaitingFor\w+)/, (_, activity: string) => ` ${colour("yellow", activity)}`);
  });
  return [colour("bold", heading), ...drawn].join("\n");
}

/** Redraws the table on a terminal; elsewhere prints a line for each change, or the event as JSON. */
async function watchSessions(request: ListRequest, context: CommandContext): Promise<void> {
  const stop = context.takeSignals();
  const client = await connectDaemon(context.config);
  const sessions = new Map<string, Session>();
  let isReady = false;
  for await (const event of followEvents(client, context, stop)) {
    if (event.type === "session") sessions.set(event.session.name, event.session);
    else if (event.type === "deleted") sessions.delete(event.name);
    else if (event.type === "ready") isReady = true;
    if (request.json) context.print(JSON.stringify(event));
    else if (!context.terminals.stdout) printChange(event, context);
    else if (isReady && event.type !== "progress") {
      // Without a daemon, the next events come after it is back.
      const usage = request.wide ? await client.usage().catch(() => ({})) : undefined;
      draw({ items: [...sessions.values()], runs: runsOf(request, context), usage }, context);
    }
  }
}

function draw(listed: Listed, context: CommandContext): void {
  const items = listed.items.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  context.print(`\u001b[H\u001b[2J${listText({ ...listed, items }, context)}`);
}

function printChange(event: DaemonEvent, context: CommandContext): void {
  if (event.type === "session") {
    context.print(sessionRow(event.session, formatAge(event.session.createdTime, Date.now())).join("  "));
  } else if (event.type === "deleted") context.print(`${event.name}  deleted`);
}
