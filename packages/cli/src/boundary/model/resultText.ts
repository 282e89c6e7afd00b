import { cleanText, counted } from "@clauderon/base";
import { formatTable } from "../../output/model/table.ts";
import type { Outcome, ProxyAttempt } from "./attempt.ts";

export interface Result extends Outcome {
  /** True for an attempt that did not get through although not for the reason that was expected. */
  readonly isOdd: boolean;
}

/** The outcomes, each with whether it is what the proxy must say. */
export function resultsOf(outcomes: readonly Outcome[], attempts: readonly ProxyAttempt[]): readonly Result[] {
  const reasons = new Map(attempts.map(({ what, reason }) => [what, reason]));
  return outcomes.map((outcome) => {
    const reason = reasons.get(outcome.what);
    return { ...outcome, isOdd: reason !== undefined && !outcome.isThrough && outcome.said !== reason };
  });
}

/** The table of attempts, and what it says of the boundary. */
export function resultText(results: readonly Result[]): string {
  const rows = results.map(({ what, isThrough, isOdd, said }) => {
    const verdict = isThrough ? "GOT THROUGH" : "held";
    return [clean(what), verdict, clean(isOdd ? `${said} (another reason was expected)` : said)];
  });
  const through = results.filter(({ isThrough }) => isThrough);
  const summary =
    through.length === 0
      ? `${counted(results.length, "attempt")}: none got through`
      : `${counted(results.length, "attempt")}: ${through.length} got through`;
  return `${formatTable(["ATTEMPT", "RESULT", "ANSWER"], rows)}\n\n${summary}`;
}

/** The session's program made the text. */
const clean = (text: string) => cleanText(text, 200).replaceAll(/[\n\t]/g, " ");
