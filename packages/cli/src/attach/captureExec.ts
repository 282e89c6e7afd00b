import { Fault } from "@clauderon/base/fault";
import { StreamClient } from "@clauderon/stream";
import type { CommandContext } from "../commandContext.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { lost, outcome } from "./execOutcome.ts";

/** More than any of our own programs prints. */
const MAX_BYTES = 1_048_576;

export interface CaptureRequest {
  readonly name: string;
  readonly argv: readonly string[];
}

/** What a command in a session printed. SESSION_NOT_RUNNING when it fails, with the last of its errors. */
export async function captureExec(
  client: DaemonClient,
  { name, argv }: CaptureRequest,
  context: CommandContext,
): Promise<string> {
  const signal = context.takeSignals();
  const stream = new StreamClient(await client.stream(name, signal));
  let [printed, errors] = ["", ""];
  const beside = stream.openBeside({
    bytes: ({ bytes }, consumed) => {
      errors = `${errors}${Buffer.from(bytes).toString()}`.slice(-2_000);
      consumed();
    },
  });
  const { channel, exitCode } = outcome(
    (handler) => stream.open({ type: "exec", argv: [...argv], stderrChannel: beside.number }, handler),
    ({ bytes }, consumed) => {
      printed = `${printed}${Buffer.from(bytes).toString()}`.slice(0, MAX_BYTES);
      consumed();
    },
  );
  channel.end();
  try {
    const code = await Promise.race([exitCode, lost(name, stream)]);
    if (code === 0) return printed;
    throw new Fault(
      "SESSION_NOT_RUNNING",
      `The program in session "${name}" ended with exit code ${code}: ${errors.trim()}`,
      {
        hint: `Try it by hand: clauderon exec ${name} -- ${argv[0] ?? ""} --version`,
      },
    );
  } finally {
    stream.close();
  }
}
