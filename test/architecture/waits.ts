import { type Expression, parseSync, Visitor } from "oxc-parser";
import type { Source } from "./sources.ts";

/** The shortest that a test may wait for a condition, in milliseconds: a busy machine of two cores holds up anything for seconds. */
const SHORTEST = 10_000;

/**
 * Waits in tests that give up early, as `file:line call`: `vi.waitFor` and `vi.waitUntil` without a timeout, which give up
 * after one second, and any wait with a shorter timeout than the shortest. `expect.poll` has the timeout of vitest.config.ts.
 */
export function hastyWaits(sources: readonly Pick<Source, "path" | "text">[]): string[] {
  return sources
    .filter(({ text }) => /\bvi\.wait|expect\s*\.poll/.test(text))
    .flatMap(({ path, text }) => {
      const hasty: string[] = [];
      new Visitor({
        CallExpression({ callee, arguments: [, options], start }) {
          const name = text.slice(callee.start, callee.end).replace(/\s/g, "");
          if (!["vi.waitFor", "vi.waitUntil", "expect.poll"].includes(name)) return;
          const timeout = timeoutOf(options as Expression | undefined);
          const isHasty = timeout === undefined ? name !== "expect.poll" : timeout < SHORTEST;
          if (isHasty) hasty.push(`${path}:${String(text.slice(0, start).split("\n").length)} ${name}`);
        },
      }).visit(parseSync(path, text).program);
      return hasty;
    });
}

/** The timeout that the options give; infinite when they only name one, and undefined when they give none. */
function timeoutOf(options: Expression | undefined): number | undefined {
  if (options === undefined) return undefined;
  if (options.type === "Literal") return Number(options.value);
  if (options.type !== "ObjectExpression") return Infinity;
  for (const property of options.properties) {
    if (property.type === "SpreadElement") return Infinity;
    if (property.key.type === "Identifier" && property.key.name === "timeout") return timeoutOf(property.value);
  }
  return undefined;
}
