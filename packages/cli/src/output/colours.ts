import type { CommandContext } from "../commandContext.ts";

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;
export type Colour = keyof typeof CODES;

/** Colours a text for standard output: on a terminal, unless NO_COLOR is set or TERM is dumb. */
export function colourer({ terminals, config }: CommandContext): (colour: Colour, text: string) => string {
  const { NO_COLOR = "", TERM } = config.environment;
  if (!terminals.stdout || NO_COLOR !== "" || TERM === "dumb") return (_colour, text) => text;
  return (colour, text) => `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
