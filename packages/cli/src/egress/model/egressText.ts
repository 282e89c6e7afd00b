import { cleanText } from "@clauderon/base";
import type { EgressReport } from "@clauderon/protocol";
import { usageText } from "./usageText.ts";
import { formatFields } from "../../output/model/table.ts";

const MAX_TEXT = 500;
const HTTPS = 443;

/** What a session may reach and what was noted, for people; `ago` formats how long ago a time was. */
export function egressText(session: string, report: EgressReport, ago: (time: string) => string): string {
  const { mode, accessMode, allowed, credentials, noted, notedProblem, usage } = report;
  const refused = noted.find(({ reason }) => reason === "HostNotListed");
  return formatFields([
    ["Mode", mode],
    ["Access", accessMode],
    ["Allowed", allowed.length === 0 ? "nothing: the session is not running" : allowed.map(ruleText).join("\n")],
    ["Credentials", credentials.length === 0 ? undefined : `${credentials.join(", ")} (held by the proxy)`],
    ["Usage", usage && usageText(usage)],
    [
      "Noted",
      noted.length === 0 ? notedProblem && clean(notedProblem) : noted.map((each) => notedText(each, ago)).join("\n"),
    ],
    ["What to do", refused && `Run \`clauderon egress allow ${session} ${clean(refused.host)}\` to allow a host`],
  ]);
}

/** What was refused lately, in one line of a session's details; undefined for nothing. */
export function refusedText(
  session: string,
  { noted }: EgressReport,
  ago: (time: string) => string,
): string | undefined {
  const refused = noted.filter(({ reason }) => reason !== "Recorded");
  const [latest] = refused;
  if (latest === undefined) return undefined;
  const count = refused.reduce((sum, each) => sum + each.count, 0);
  const requests = count === 1 ? "1 request" : `${count} requests`;
  return `${requests} lately; the last one: ${notedText({ ...latest, count: 1 }, ago)}\nRun \`clauderon egress ${session}\` to see them`;
}

function ruleText({ host, origin, methods }: EgressReport["allowed"][number]): string {
  return `${host}  ${methods === undefined ? "" : `${methods.join(", ")}  `}(${origin})`;
}

function notedText(
  { time, host, port, method, path = "", reason, count }: EgressReport["noted"][number],
  ago: (time: string) => string,
): string {
  const authority = port === undefined || port === HTTPS ? host : `${host}:${port}`;
  return clean(`${ago(time)} ago  ${reason}  ${method} ${authority}${path}${count > 1 ? `  (${count} times)` : ""}`);
}

/** The agent chose the names. */
const clean = (text: string) => cleanText(text, MAX_TEXT).replaceAll(/[\n\t]/g, " ");
