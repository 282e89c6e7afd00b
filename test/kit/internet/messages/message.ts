import type { CutStreamStep, DelayStep, ErrorStep, Step, TextStep, Turn, UsageStep } from "./turns.ts";

/** What to do on the wire for one streamed turn, in order. */
export type StreamAction =
  | DelayStep
  | CutStreamStep
  | { readonly type: "send"; readonly event: string; readonly data: Readonly<Record<string, unknown>> };

interface Named {
  readonly id: string;
  readonly model: string;
}

/** The steps of a turn, a lone step included. */
export const stepsOf = (turn: Turn): readonly Step[] => ("type" in turn ? [turn] : turn);

/** The error a turn answers with before any content, if it does. */
export function leadingError(turn: Turn): ErrorStep | undefined {
  const first = stepsOf(turn).find(({ type }) => type !== "delay" && type !== "usage");
  return first?.type === "error" ? first : undefined;
}

/**
 * The events of a streamed turn, as https://docs.anthropic.com/en/docs/build-with-claude/streaming describes them.
 * A `cutStream` leaves the block before it open; an `error` after content becomes an `error` event.
 */
export function planStream(turn: Turn, named: Named): readonly StreamAction[] {
  const steps = stepsOf(turn).filter(({ type }) => type !== "usage");
  const tokens = usageOf(stepsOf(turn));
  const pauses = leadingPauses(steps);
  const message = { ...envelope(named), content: [], usage: { ...tokens, output_tokens: 1 } };
  const actions: StreamAction[] = [...pauses, send("message_start", { message }), send("ping", {})];
  let index = 0;
  for (const [at, step] of steps.entries()) {
    if (at < pauses.length) continue;
    if (step.type === "error")
      return [...actions, send("error", { error: { type: step.kind, message: step.message } })];
    if (step.type === "text" || step.type === "toolUse") {
      actions.push(...block(step, index, named.id));
      if (steps[at + 1]?.type !== "cutStream") actions.push(send("content_block_stop", { index }));
      index += 1;
    } else if (step.type !== "usage") actions.push(step);
  }
  return [...actions, send("message_delta", { delta: stop(steps), usage: tokens }), send("message_stop", {})];
}

/** The body of a turn that is not streamed. */
export function planMessage(turn: Turn, named: Named): Readonly<Record<string, unknown>> {
  const steps = stepsOf(turn);
  const contents = steps.filter((step) => step.type === "text" || step.type === "toolUse");
  const content = contents.map((step, index) => ({ ...startOf(step, index, named.id), ...wholeOf(step) }));
  return { ...envelope(named), content, ...stop(steps), usage: usageOf(steps) };
}

function leadingPauses(steps: readonly Step[]): readonly (DelayStep | CutStreamStep)[] {
  const end = steps.findIndex((step) => !isPause(step));
  return steps.slice(0, end === -1 ? steps.length : end).filter(isPause);
}

const isPause = (step: Step): step is DelayStep | CutStreamStep => step.type === "delay" || step.type === "cutStream";

function block(step: ContentStep, index: number, id: string): readonly StreamAction[] {
  return [
    send("content_block_start", { index, content_block: startOf(step, index, id) }),
    ...deltasOf(step).map((delta) => send("content_block_delta", { index, delta })),
  ];
}

type ContentStep = TextStep | Extract<Step, { type: "toolUse" }>;

function startOf(step: ContentStep, index: number, id: string): Readonly<Record<string, unknown>> {
  if (step.type === "text") return { type: "text", text: "" };
  return { type: "tool_use", id: `${id.replace("msg_", "toolu_")}_${index}`, name: step.name, input: {} };
}

const wholeOf = (step: ContentStep) => (step.type === "text" ? { text: step.text } : { input: step.input });

function deltasOf(step: ContentStep): readonly Readonly<Record<string, unknown>>[] {
  if (step.type === "text") {
    return (step.text.match(/\s*\S+\s*/g) ?? [step.text]).map((text) => ({ type: "text_delta", text }));
  }
  const json = JSON.stringify(step.input);
  const middle = Math.ceil(json.length / 2);
  return [json.slice(0, middle), json.slice(middle)].map((part) => ({ type: "input_json_delta", partial_json: part }));
}

function envelope({ id, model }: Named): Readonly<Record<string, unknown>> {
  return { id, type: "message", role: "assistant", model, stop_reason: null, stop_sequence: null };
}

function stop(steps: readonly Step[]): Readonly<Record<string, unknown>> {
  const reason = steps.some(({ type }) => type === "toolUse") ? "tool_use" : "end_turn";
  return { stop_reason: reason, stop_sequence: null };
}

function usageOf(steps: readonly Step[]): Readonly<Record<string, number>> {
  const {
    input = 0,
    output = 0,
    cacheRead = 0,
    cacheWrite = 0,
  } = steps.findLast((step) => step.type === "usage") ?? DEFAULT_USAGE;
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
  };
}

const DEFAULT_USAGE: UsageStep = { type: "usage", input: 10, output: 20 };

function send(event: string, data: Readonly<Record<string, unknown>>): StreamAction {
  return { type: "send", event, data: { type: event, ...data } };
}
