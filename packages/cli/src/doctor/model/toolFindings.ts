import { cleanText } from "@clauderon/base";
import type { Finding } from "./finding.ts";

/** Programs that people install with version managers, each with the arguments that make it print its version. */
export const TOOLS: readonly (readonly [tool: string, ...args: readonly string[]])[] = [
  ...["node", "npm", "pnpm", "yarn", "bun", "deno", "python3", "python", "pip", "uv", "poetry"].map(versioned),
  ...["ruby", "gem", "bundle", "cargo", "rustc", "dotnet", "mvn", "gradle", "php", "composer", "elixir"].map(versioned),
  ["go", "version"],
  ["java", "-version"],
];

function versioned(tool: string): readonly [string, string] {
  return [tool, "--version"];
}

interface Tried {
  readonly code: number;
  readonly said: string;
}

/** What doctor reports of a tool, from how it ended outside and inside a sandbox. */
export function toolFinding(
  { tool, program }: { readonly tool: string; readonly program: string },
  outside: Tried,
  inside: Tried,
): Finding {
  const name = `${tool} in the sandbox`;
  if (inside.code === 0) return { name, state: "ok", message: `${firstLine(inside.said)}, ${program}` };
  if (outside.code !== 0) {
    return { name, state: "optional", message: `${program} does not work outside either: ${firstLine(outside.said)}` };
  }
  return {
    name,
    state: "missing",
    message: `${program} works only outside: ${firstLine(inside.said)}`,
    fix: "Install it under /usr/local or /opt, or put the folder that it needs on the PATH; then run `clauderon daemon stop`",
  };
}

/** Of what it printed, the first line that says something. */
function firstLine(text: string): string {
  const line = text.split("\n").find((candidate) => candidate.trim() !== "");
  return line === undefined ? "it printed nothing" : cleanText(line, 200).trim();
}
