import type { DaemonEvent, Session } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { formatAge } from "../output/age.ts";
import { type Colour, colourer } from "../output/colours.ts";
import { formatTable } from "../output/model/table.ts";
import { followEvents } from "./followSession.ts";
import { SESSION_HEADINGS, sessionRow } from "./model/sessionRow.ts";

export interface ListRequest {
  readonly json: boolean;
  readonly watch: boolean;
}

/** Prints the sessions, by name; with `watch` again at every change, until it is stopped. */
export async function listCommand({ json, watch }: ListRequest, context: CommandContext): Promise<void> {
  const client = await connectDaemon(context.config);
  if (watch) return watchSessions({ json, watch }, context);
  const items = await client.list();
  if (json) return context.print(JSON.stringify({ items }, null, 2));
  context.print(listText(items, context));
}

function listText(items: readonly Session[], context: CommandContext): string {
  if (items.length === 0) return "No sessions. clauderon create --repo PATH --prompt TEXT makes one.";
  const now = Date.now();
  const rows = items.map((session) => sessionRow(session, formatAge(session.createdTime, now)));
  return coloured(formatTable(SESSION_HEADINGS, rows), items, context);
}

const PHASE_COLOURS: Readonly<Partial<Record<Session["status"]["phase"], Colour>>> = {
  Running: "green",
  Failed: "red",
  Missing: "red",
  Error: "red",
  Pending: "yellow",
  Archived: "dim",
};

/** The table with colours, which take no room in it. */
function coloured(table: string, items: readonly Session[], context: CommandContext): string {
  const colour = colourer(context);
  const [heading = "", ...lines] = table.split("\n");
  const drawn = lines.map((line, index) => {
    const phase = items[index]?.status.phase;
    const hue = phase === undefined ? undefined : PHASE_COLOURS[phase];
    const phased =
      hue === undefined || phase === undefined ? line : line.replace(` ${phase}`, ` ${colour(hue, phase)}`);
    return phased.replace(/ (WaitingFor\w+)/, (_, activity: string) => ` ${colour("yellow", activity)}`);
  });
  return [colour("bold", heading), ...drawn].join("\n");
}

/** Redraws the table on a terminal; elsewhere prints a line for each change, or the event as JSON. */
async function watchSessions({ json }: ListRequest, context: CommandContext): Promise<void> {
  const stop = context.takeSignals();
  const client = await connectDaemon(context.config);
  const sessions = new Map<string, Session>();
  let isReady = false;
  for await (const event of followEvents(client, context, stop)) {
    if (event.type === "session") sessions.set(event.session.name, event.session);
    else if (event.type === "deleted") sessions.delete(event.name);
    else if (event.type === "ready") isReady = true;
    if (json) context.print(JSON.stringify(event));
    else if (!context.terminals.stdout) printChange(event, context);
    else if (isReady && event.type !== "progress") draw(sessions, context);
  }
}

function draw(sessions: ReadonlyMap<string, Session>, context: CommandContext): void {
  const items = [...sessions.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  context.print(`\u001b[H\u001b[2J${listText(items, context)}`);
}

function printChange(event: DaemonEvent, context: CommandContext): void {
  if (event.type === "session") {
    context.print(sessionRow(event.session, formatAge(event.session.createdTime, Date.now())).join("  "));
  } else if (event.type === "deleted") context.print(`${event.name}  deleted`);
}
