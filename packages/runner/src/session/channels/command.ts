import { randomUUID } from "node:crypto";
import { findProgram } from "../agent/findProgram.ts";

/** The variable by which all that a session starts is known, wherever it went. */
const MARK_VARIABLE = "CLAUDERON_RUN";

export interface CommandSetup {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the marks of all that this session starts begin with. */
  readonly mark: string;
}

/** A program to be started for a session, with all that belongs to it. */
export interface Command {
  /** Its path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The variable, as `NAME=value`, by which all that it starts is known. */
  readonly marker: string;
}

/** The command in its place; AGENT_UNAVAILABLE when there is no such program on its PATH. */
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

/** What every process of the session has in its environment, as the beginning of `NAME=value`. */
export const sessionMarker = (mark: string) => `${MARK_VARIABLE}=${mark}-`;
