import { type AllowRule, coversHost, type Grant, presetRules } from "@clauderon/protocol/proxy";
import { howToAllow, refuse, type Refusal } from "./refusal.ts";

/** What a rule may look at; method and readings of the path are unknown when a tunnel is opened. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly method?: string;
  /** Every path that a server could take the request's path for. */
  readonly paths?: readonly string[];
}

export type RuleVerdict = { readonly allow: true; readonly rule: string; readonly recorded: boolean } | Refusal;

const HTTPS_PORT = 443;
/** Below it, only the ports of the web may be recorded: mail, SSH and the like need a rule in any case. */
const FIRST_UNPRIVILEGED_PORT = 1024;
const WEB_PORTS: readonly number[] = [80, HTTPS_PORT];

/** The first rule that covers what is asked, or the reason why none does. In mode `Record`, what no rule covers passes. */
export function findRule(grant: Grant, asked: Asked): RuleVerdict {
  const rules = [...grant.allow, ...grant.presets.flatMap((name) => presetRules(name))];
  const ofHost = rules.filter(({ host }) => coversHost(host, asked.host));
  const found = ofHost.find((rule) => covers(rule, asked));
  if (found !== undefined) return { allow: true, rule: ruleText(found), recorded: false };
  const mayRecord = WEB_PORTS.includes(asked.port) || asked.port >= FIRST_UNPRIVILEGED_PORT;
  if (grant.egressMode === "Record" && mayRecord) return { allow: true, rule: "record", recorded: true };
  return whyNot(grant, ofHost, asked);
}

/** The rule as the audit names it. */
function ruleText({ host, origin }: AllowRule): string {
  return origin === undefined ? host : `${origin}:${host}`;
}

function covers(rule: AllowRule, asked: Asked): boolean {
  return (
    rule.ports.includes(asked.port) &&
    (rule.methods === undefined || asked.method === undefined || rule.methods.includes(asked.method)) &&
    (rule.paths === undefined || asked.paths === undefined || everyPathBelow(rule.paths, asked.paths))
  );
}

/** One prefix must cover all readings: a path that could mean two places is not below one of them. */
function everyPathBelow(prefixes: readonly string[], paths: readonly string[]): boolean {
  return prefixes.some((prefix) => paths.every((path) => isBelow(prefix, path)));
}

function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function whyNot(grant: Grant, ofHost: readonly AllowRule[], { host, port, method }: Asked): Refusal {
  if (ofHost.length === 0) {
    return refuse(
      "HostNotListed",
      `${host} is not in the egress list of ${grant.name}. ${howToAllow(grant, "allow", host)}`,
    );
  }
  const ofPort = ofHost.filter(({ ports }) => ports.includes(port));
  if (ofPort.length === 0) {
    const way = howToAllow(grant, "allow", `${host} with port ${port}`);
    return refuse("PortNotListed", `${grant.name} may not reach port ${port} of ${host}. ${way}`);
  }
  const allowsMethod = ofPort.some(({ methods }) => methods === undefined || methods.includes(method ?? ""));
  return allowsMethod
    ? refuse("PathNotListed", `${grant.name} may not reach this path of ${host}`)
    : refuse("MethodNotListed", `${grant.name} may not send ${method ?? "this method"} to ${host}`);
}
