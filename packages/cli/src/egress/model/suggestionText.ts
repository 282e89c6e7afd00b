import { cleanText, counted } from "@clauderon/base";
import type { EgressSuggestion } from "@clauderon/protocol";

export type SuggestionFormat = "diff" | "toml" | "yaml";

export interface SuggestionOptions {
  readonly format: SuggestionFormat;
  /** Also list what was refused. */
  readonly refused: boolean;
}

type Unlisted = EgressSuggestion["unlisted"][number];

const HTTPS = 443;

/**
 * The least list by which the session would do what it did: as a diff against its list, as a part of config.toml, or as a
 * part of an AgentJob.
 */
export function suggestionText(session: string, suggestion: EgressSuggestion, options: SuggestionOptions): string {
  const { format, refused } = options;
  const added = suggestion.unlisted.filter(({ how, port }) => port === HTTPS && (refused || how === "Recorded"));
  const hosts = new Set([...usedHosts(suggestion), ...added.map(({ host }) => clean(host))]);
  const presets = suggestion.presets.filter(({ requests }) => requests > 0).map(({ name }) => name);
  if (format === "toml") return tomlText([...hosts].toSorted());
  if (format === "yaml") return yamlText([...hosts].toSorted(), presets);
  return [heading(session, suggestion), "", ...diffLines(suggestion, added), ...remarks(suggestion, added)].join("\n");
}

const usedHosts = ({ allow }: EgressSuggestion) => allow.filter(({ requests }) => requests > 0).map(({ host }) => host);

function heading(session: string, { mode, requests, since }: EgressSuggestion): string {
  const begin = since === undefined ? "" : ` since ${since}`;
  return `# Session ${session}, mode ${mode}: ${counted(requests, "request")}${begin}`;
}

/** The list in the form of config.toml, each line with what speaks for it. */
function diffLines({ allow }: EgressSuggestion, added: readonly Unlisted[]): readonly string[] {
  const lines = [
    ...allow.map(({ host, requests }) => ({
      sign: requests === 0 ? "-" : " ",
      host,
      why: requests === 0 ? "no request" : counted(requests, "request"),
    })),
    ...unique(added).map(({ host, how, requests }) => ({
      sign: "+",
      host: clean(host),
      why: `${counted(requests, "request")}, ${how === "Recorded" ? "recorded" : "refused"}`,
    })),
  ].toSorted((a, b) => (a.host < b.host ? -1 : 1));
  const width = Math.max(0, ...lines.map(({ host }) => host.length));
  const drawn = lines.map(({ sign, host, why }) => `${sign}  "${host}",${" ".repeat(width - host.length)}  # ${why}`);
  return [" [proxy]", " allow = [", ...drawn, " ]"];
}

/** A host that was recorded and refused, as after a change of the mode, is one. */
function unique(added: readonly Unlisted[]): readonly Unlisted[] {
  return added.filter(({ host }, index) => added.findIndex((each) => each.host === host) === index);
}

function remarks({ presets, unlisted }: EgressSuggestion, added: readonly Unlisted[]): readonly string[] {
  const left = unlisted.filter((each) => !added.includes(each));
  const unused = presets.filter(({ requests }) => requests === 0).map(({ name }) => name);
  return [
    ...(left.length === 0 ? [] : ["", "# Not in the list:", ...left.map(leftText)]),
    ...(unused.length === 0 ? [] : ["", `# Presets that no request used: ${unused.join(", ")}`]),
  ];
}

function leftText({ host, port, how, requests }: Unlisted): string {
  const why = port === HTTPS ? "refused; --refused adds it" : "not on port 443, so a list of hosts cannot allow it";
  return `#   ${clean(host)}:${port}  ${counted(requests, "request")}, ${how === "Recorded" ? "recorded, " : ""}${why}`;
}

function tomlText(hosts: readonly string[]): string {
  return ["[proxy]", "allow = [", ...hosts.map((host) => `  "${host}",`), "]"].join("\n");
}

function yamlText(hosts: readonly string[], presets: readonly string[]): string {
  return ["spec:", "  egress:", "    mode: Enforce", ...yamlList("allow", hosts), ...yamlList("presets", presets)].join(
    "\n",
  );
}

function yamlList(name: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`    ${name}:`, ...items.map((item) => `      - ${JSON.stringify(item)}`)];
}

/** The agent chose the name: only what a host's name can have is left of it. */
const clean = (text: string) => cleanText(text, 255).replaceAll(/[^A-Za-z0-9.*_-]/g, "?");
