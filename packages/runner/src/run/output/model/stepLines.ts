import type { AgentStep, ResultStep } from "@clauderon/agents";

/** A label of a few letters, and what happened. */
export type StepLine = readonly [label: string, text: string];

const MAX_TEXT_LINES = 40;

/** A step as lines for a reader. The texts are the agent's, so they must be cleaned before they are shown. */
export function stepLines(step: AgentStep): readonly StepLine[] {
  switch (step.type) {
    case "init":
      return [["agent", step.detail]];
    case "text":
      return textLines(step.text);
    case "toolUse":
      return [[step.tool, firstLine(step.argument)]];
    case "toolResult":
      return [[step.failed ? "  failed" : "  ok", firstLine(step.text)]];
    case "retry":
      return [["retry", `${step.detail}${step.delayMs === undefined ? "" : `, in ${seconds(step.delayMs)}`}`]];
    case "result":
      return [["result", resultLine(step)]];
    case "other":
      break;
  }
  return [];
}

function textLines(text: string): readonly StepLine[] {
  const lines = contentLines(text);
  const shown = lines.slice(0, MAX_TEXT_LINES).map((line): StepLine => ["says", line]);
  const rest = lines.length - shown.length;
  return rest === 0 ? shown : [...shown, ["says", more(rest)]];
}

function firstLine(text: string): string {
  const [first = "", ...rest] = contentLines(text);
  return rest.length === 0 ? first : `${first} ${more(rest.length)}`;
}

const contentLines = (text: string): readonly string[] => text.split(/[\r\n]+/).filter((line) => line.trim() !== "");

const more = (count: number): string => `(+${count} ${count === 1 ? "line" : "lines"})`;

function resultLine(step: ResultStep): string {
  const { verdict, turns, inputTokens, outputTokens, costUSD, durationMs } = step;
  const outcome = verdict.ok ? "succeeded" : `failed, ${verdict.reason}: ${firstLine(verdict.detail)}`;
  const figures = [
    ...(turns === undefined ? [] : [`${turns} ${turns === 1 ? "turn" : "turns"}`]),
    ...(inputTokens === undefined ? [] : [`${inputTokens} tokens in`]),
    ...(outputTokens === undefined ? [] : [`${outputTokens} tokens out`]),
    ...(costUSD === undefined ? [] : [`$${costUSD.toFixed(4)}`]),
    ...(durationMs === undefined ? [] : [seconds(durationMs)]),
  ];
  return [outcome, ...figures].join(", ");
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
