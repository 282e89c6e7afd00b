/** Prints one step of the scripted agent (packages/agents/src/scripted). */
export function step(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** The closing step of a run that went well. */
export const SUCCESS = {
  type: "result",
  verdict: { ok: true },
  text: "All done",
  turns: 2,
  inputTokens: 30,
  outputTokens: 12,
  costUSD: 0.01,
};

/** Keeps this process alive for good. */
export function hang() {
  setInterval(() => undefined, 60_000);
}
