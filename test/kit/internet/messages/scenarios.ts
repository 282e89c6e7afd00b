import type { ModelRequest } from "./modelRequest.ts";
import type { Turn } from "./turns.ts";
import { error } from "./turns.ts";

/** What the model does: turns in order, or a function that answers from what the agent sent. */
export type Script = readonly Turn[] | ((request: ModelRequest) => Turn | Promise<Turn>);

/** A script and the conversations it is for: all conditions given in `when` must hold; without `when` it takes any. */
export interface Scenario {
  readonly name: string;
  readonly when?: {
    /** A piece of the prompt (any text a user message of the conversation holds). */
    readonly prompt?: string;
    /** The API key or bearer token, exactly. */
    readonly token?: string;
  };
  readonly script: Script;
}

const MAX_CONVERSATIONS = 10_000;

/**
 * Finds the next turn for a request.
 *
 * The first scenario that fits wins. Each conversation (Claude Code's session id) goes through a scenario's list on its
 * own, so a scenario may serve many agents at once; a retried request takes the next turn, which is how
 * `[overloaded(), text("ok")]` fails once. No scenario, or a list that ran out, is a 500 that says so and asks not to
 * be retried.
 */
export class Scenarios {
  readonly #scenarios: readonly Scenario[];
  readonly #played = new Map<string, number>();

  constructor(scenarios: readonly Scenario[]) {
    this.#scenarios = scenarios;
  }

  async next(request: Omit<ModelRequest, "turn">): Promise<Turn> {
    const scenario = this.#scenarios.find((each) => fits(each, request));
    if (scenario === undefined) return this.#unmatched(request);
    const turn = this.#count(`${request.sessionId ?? request.token ?? ""} ${scenario.name}`);
    if (typeof scenario.script === "function") return scenario.script({ ...request, turn });
    return (
      scenario.script[turn] ??
      refusal(`scenario "${scenario.name}" has ${scenario.script.length} turns and the agent asked for one more`)
    );
  }

  #count(key: string): number {
    const turn = this.#played.get(key) ?? 0;
    if (this.#played.size >= MAX_CONVERSATIONS) this.#played.clear();
    this.#played.set(key, turn + 1);
    return turn;
  }

  #unmatched(request: Omit<ModelRequest, "turn">): Turn {
    const names = this.#scenarios.map(({ name, when }) => `"${name}" when ${JSON.stringify(when ?? {})}`).join(", ");
    return refusal(`no scenario fits the prompt ${JSON.stringify(request.prompt.slice(-500))}; there are: ${names}`);
  }
}

function fits({ when }: Scenario, request: Omit<ModelRequest, "turn">): boolean {
  if (when?.prompt !== undefined && !request.prompt.includes(when.prompt)) return false;
  return when?.token === undefined || when.token === request.token;
}

function refusal(message: string): Turn {
  return error(500, "api_error", `scripted model: ${message}`, { headers: { "x-should-retry": "false" } });
}
