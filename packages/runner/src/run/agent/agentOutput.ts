import type { Readable } from "node:stream";
import { counted } from "@clauderon/base";
import type { AgentAdapter, AgentStep, ResultStep } from "@clauderon/agents";
import type { Journal } from "../output/journal.ts";
import { readLines } from "../output/lines.ts";
import { stepLines } from "../output/model/stepLines.ts";
import type { Transcript } from "../output/transcript.ts";

const MAX_LINE_BYTES = 16 * 1_048_576;
const MAX_STDERR_LINE_BYTES = 65_536;
/** Lines that are not in the agent's format are shown until there are too many of them. */
const MAX_GARBAGE_SHOWN = 50;
const STDERR_KEPT = 20;

/** What the agent's output has reported so far. */
export class AgentOutput {
  readonly #adapter: AgentAdapter;
  readonly #journal: Journal;
  readonly #transcript: Transcript;
  readonly stderrTail: string[] = [];
  sessionId: string | undefined;
  model: string | undefined;
  result: ResultStep | undefined;
  garbage = 0;

  constructor(adapter: AgentAdapter, journal: Journal, transcript: Transcript) {
    this.#adapter = adapter;
    this.#journal = journal;
    this.#transcript = transcript;
  }

  /** Reads stdout to its end: logs the steps, and writes their lines to the transcript. */
  async readSteps(stdout: Readable, onStep: (step: AgentStep) => void): Promise<void> {
    for await (const line of readLines(stdout, MAX_LINE_BYTES)) {
      const text = "text" in line ? line.text : undefined;
      const steps = text === undefined ? undefined : this.#adapter.parseLine(text);
      if (text === undefined || steps === undefined) {
        this.#addGarbage(text ?? `(a line of ${"leftOutBytes" in line ? line.leftOutBytes : 0} bytes, left out)`);
        continue;
      }
      await this.#transcript.write(this.#journal.redact(text));
      for (const step of steps) this.#addStep(step, onStep);
    }
    const left = this.garbage - MAX_GARBAGE_SHOWN;
    if (left > 0) this.#journal.line("stdout", `${counted(left, "more line")} not from the agent`);
  }

  /** Reads stderr to its end and logs it. */
  async readComplaints(stderr: Readable): Promise<void> {
    for await (const line of readLines(stderr, MAX_STDERR_LINE_BYTES)) {
      const text = "text" in line ? line.text : `(a line of ${line.leftOutBytes} bytes, left out)`;
      if (text.trim() === "") continue;
      this.#journal.line("stderr", text);
      this.stderrTail.push(this.#journal.redact(text).slice(0, 1_000));
      if (this.stderrTail.length > STDERR_KEPT) this.stderrTail.shift();
    }
  }

  #addStep(step: AgentStep, onStep: (step: AgentStep) => void): void {
    if (step.type === "init") {
      this.sessionId = step.sessionId;
      this.model = step.model;
    }
    if (step.type === "result") this.result = step;
    for (const [label, text] of stepLines(step)) this.#journal.line(label, text);
    onStep(step);
  }

  #addGarbage(text: string): void {
    if (text.trim() === "") return;
    this.garbage += 1;
    if (this.garbage <= MAX_GARBAGE_SHOWN) this.#journal.line("stdout", text);
  }
}
