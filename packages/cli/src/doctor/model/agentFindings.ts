import type { Finding } from "./finding.ts";

/** What doctor needs to know of an agent. */
export interface NeededAgent {
  readonly name: string;
  readonly program: string;
  readonly credentialVariables: readonly string[];
}

/** What installs an agent, and what gets its credential. */
const MENDS: Readonly<Record<string, readonly [install: string, credential: string]>> = {
  "claude-code": [
    "npm install -g @anthropic-ai/claude-code",
    "claude setup-token, then clauderon credentials set CLAUDE_CODE_OAUTH_TOKEN",
  ],
  codex: ["npm install -g @openai/codex", "clauderon credentials set OPENAI_API_KEY"],
  gemini: ["npm install -g @google/gemini-cli", "clauderon credentials set GEMINI_API_KEY"],
};

/** Of the program by what it said of its version, undefined when it cannot be started; a pod's image has its own. */
export function programFinding(
  { name, program }: NeededAgent,
  version: string | undefined,
  backend: "local" | "kubernetes",
): Finding {
  if (version !== undefined) {
    return { name: "agent", state: "ok", message: `${program} ${version.trim().split("\n")[0]}` };
  }
  const [install] = MENDS[name] ?? [`Put ${program} on the PATH`];
  if (backend === "local") {
    return { name: "agent", state: "missing", message: `${program} cannot be started`, mend: install };
  }
  const message = `${program} cannot be started; sessions on this machine alone need it`;
  return { name: "agent", state: "optional", message, mend: install };
}

/** Of the credential, by whether there is one for a variable. */
export function credentialFinding(
  { name, credentialVariables }: NeededAgent,
  has: (variable: string) => boolean,
): Finding {
  if (credentialVariables.length === 0) return { name: "credential", state: "ok", message: `${name} needs none` };
  const found = credentialVariables.find(has);
  if (found !== undefined) return { name: "credential", state: "ok", message: found };
  const [, mend = `clauderon credentials set ${credentialVariables[0]}`] = MENDS[name] ?? [];
  return { name: "credential", state: "missing", message: `${name} has nothing to authenticate with`, mend };
}
