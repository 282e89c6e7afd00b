import { type Duplex, duplexPair } from "node:stream";
import {
  controlFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  readRunnerMessage,
  type RunnerStatus,
} from "@clauderon/protocol";
import type { RunnerPods } from "./runnerPods.ts";

/** A runner that does all that a real one does, and says more: what its pod's agent may do who has taken it over. */
export class HostileRunner {
  #out: Duplex | undefined;
  #status: RunnerStatus | undefined;
  /** How often its work was fetched. */
  fetches = 0;

  /** Takes the place of the runner of that session at its next connection. */
  constructor(pods: RunnerPods, session: string) {
    pods.between = (name, runner) => (name === session ? this.#standBetween(runner) : runner);
  }

  /** Says that the agent has ended so many turns, one after the other. */
  sayTurns(count: number): void {
    const status = this.#status;
    if (status === undefined) throw new Error("It has said nothing yet");
    for (let turns = status.turns + 1; turns <= status.turns + count; turns += 1)
      this.send(controlFrame(0, { ...status, turns, lastMessage: "x".repeat(1_000) }));
  }

  send(frame: Frame): void {
    this.#out?.write(encodeFrame(frame));
  }

  #standBetween(runner: Duplex): Duplex {
    const [daemon, ours] = duplexPair();
    const [down, up] = [new FrameDecoder(), new FrameDecoder()];
    this.#out = ours;
    runner.on("data", (chunk: Uint8Array) => {
      for (const frame of down.push(chunk)) {
        const message = frame.type === "control" && frame.channel === 0 ? readRunnerMessage(frame.bytes) : undefined;
        if (message?.type === "status") this.#status = message;
        ours.write(encodeFrame(frame));
      }
    });
    ours.on("data", (chunk: Uint8Array) => {
      for (const frame of up.push(chunk)) {
        if (frame.type === "control" && Buffer.from(frame.bytes).includes("upload-pack")) this.fetches += 1;
        runner.write(encodeFrame(frame));
      }
    });
    ours.on("close", () => runner.destroy());
    runner.on("close", () => ours.destroy());
    for (const end of [runner, ours]) end.on("error", () => undefined);
    return daemon;
  }
}
