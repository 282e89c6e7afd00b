import type { Finding } from "./finding.ts";

/** What doctor needs to know about an agent. */
export interface NeededAgent {
  readonly name: string;
  readonly program: string;
  readonly credentialVariables: readonly string[];
}

/** How to install an agent, and how to get its credential. */
const FIXES: Readonly<Record<string, readonly [install: string, credential: string]>> = {
  "claude-code": [
    "Run `npm install -g @anthropic-ai/claude-code`",
    "Run `claude setup-token`, then `clauderon credentials set CLAUDE_CODE_OAUTH_TOKEN`",
  ],
  codex: ["Run `npm install -g @openai/codex`", "Run `clauderon credentials set OPENAI_API_KEY`"],
  gemini: ["Run `npm install -g @google/gemini-cli`", "Run `clauderon credentials set GEMINI_API_KEY`"],
};

/**
 * The finding about the program, from the version that it printed, undefined when it cannot be started; a pod has the
 * program of its image.
 */
export function programFinding(
  { name, program }: NeededAgent,
  version: string | undefined,
  backend: "local" | "kubernetes",
): Finding {
  if (version !== undefined) {
    return { name: "agent", state: "ok", message: `${program} ${version.trim().split("\n")[0]}` };
  }
  const [install] = FIXES[name] ?? [`Put ${program} on the PATH`];
  if (backend === "local") {
    return { name: "agent", state: "missing", message: `cannot run ${program}`, fix: install };
  }
  const message = `cannot run ${program}; only local sessions need it`;
  return { name: "agent", state: "optional", message, fix: install };
}

/** The finding about the credential, from whether each variable has one. */
export function credentialFinding(
  { name, credentialVariables }: NeededAgent,
  has: (variable: string) => boolean,
): Finding {
  if (credentialVariables.length === 0)
    return { name: "credential", state: "ok", message: `${name} needs no credential` };
  const found = credentialVariables.find(has);
  if (found !== undefined) return { name: "credential", state: "ok", message: found };
  const [, fix = `Run \`clauderon credentials set ${credentialVariables[0]}\``] = FIXES[name] ?? [];
  return { name: "credential", state: "missing", message: `no credential for ${name}`, fix };
}
