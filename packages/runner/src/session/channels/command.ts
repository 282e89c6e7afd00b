import { randomUUID } from "node:crypto";
import { findProgram } from "../agent/findProgram.ts";

/** The variable that marks every process of a session, even one that has left the process group. */
const MARK_VARIABLE = "CLAUDERON_RUN";

export interface CommandSetup {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The beginning of the marks of every process of this session. */
  readonly mark: string;
}

/** A program to start for a session, with everything it needs. */
export interface Command {
  /** Its path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The variable, as `NAME=value`, that marks every process it starts. */
  readonly marker: string;
}

/** The command in its environment; AGENT_UNAVAILABLE when its PATH has no such program. */
export function commandIn({ cwd, environment, mark }: CommandSetup, argv: readonly string[]): Command {
  const [program = "", ...args] = argv;
  const value = `${mark}-${randomUUID()}`;
  return {
    program: findProgram(program, cwd, environment["PATH"] ?? ""),
    args,
    cwd,
    environment: { ...environment, [MARK_VARIABLE]: value },
    marker: `${MARK_VARIABLE}=${value}`,
  };
}

/** The beginning of a `NAME=value` that every process of the session has in its environment. */
export const sessionMarker = (mark: string) => `${MARK_VARIABLE}=${mark}-`;
