import { z } from "zod";

/** The maximum total text of a session's variables: they are part of its record, which must fit in an annotation. */
const MAX_CHARACTERS = 16_384;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const CREDENTIAL = /(^|_)(TOKEN|KEY|SECRET|PASSWORD)$/i;
/** Values are shown on terminals. */
const CONTROL = /[^\P{C}\n\t]/u;

/** Names that every session sets, and what sets them. */
const TAKEN: readonly (readonly [RegExp, string])[] = [
  [/^HOME$/, "each session has a home of its own"],
  [/^PATH$/, "git, the runner and the agent are found by it"],
  [/^(TERM|COLORTERM)$/, "the session's terminal sets it"],
  [/^(CLAUDE_CONFIG_DIR|CODEX_HOME)$/, "the agent's settings are in the session's home"],
  [/^GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL)$/, "user.name and user.email of your repository decide who commits"],
  [/^KUBERNETES_/, "Kubernetes sets it"],
  [/^CLAUDERON_/, "clauderon sets it itself"],
];

export interface VariablesProblem {
  /** Begins with `must`, to follow the name of a setting or flag. */
  readonly message: string;
  readonly hint?: string;
}

/** Why these cannot be the variables of a session's agent, by the first invalid one. They are not kept secret. */
export function variablesProblem(variables: Readonly<Record<string, string>>): VariablesProblem | undefined {
  for (const [name, value] of Object.entries(variables)) {
    const problem = nameProblem(name);
    if (problem !== undefined) return problem;
    if (CONTROL.test(value)) {
      return {
        message: `must not hold control characters, as ${name} does`,
        hint: "Only new lines and tabs are allowed",
      };
    }
  }
  if (JSON.stringify(variables).length <= MAX_CHARACTERS) return undefined;
  return {
    message: `must not hold more than ${MAX_CHARACTERS} characters`,
    hint: "Put long values into a file that the agent reads",
  };
}

function nameProblem(name: string): VariablesProblem | undefined {
  const shown = name.slice(0, 100);
  if (!NAME.test(name)) {
    const hint = "Letters, digits and underscores, and no digit first";
    return { message: `must not hold ${JSON.stringify(shown)}, which is not a valid variable name`, hint };
  }
  if (CREDENTIAL.test(name)) {
    const hint = `clauderon credentials set ${name.toUpperCase()}`;
    return { message: `must not hold ${shown}, which looks like a credential: these values are not kept secret`, hint };
  }
  const [, reason] = TAKEN.find(([taken]) => taken.test(name)) ?? [];
  return reason === undefined ? undefined : { message: `must not hold ${shown}: ${reason}`, hint: "Leave it out" };
}

/** Variables for a session's agent, which are not secret; the `params` of an issue have the hint. */
export const sessionVariablesSchema = z
  .record(z.string(), z.string())
  .check(({ value, issues }) => {
    const problem = variablesProblem(value);
    if (problem === undefined) return;
    const { message, hint } = problem;
    issues.push({ code: "custom", input: value, message, params: { hint } });
  })
  .describe("Variables for the agent, none of them secret");
