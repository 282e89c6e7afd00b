import type { Log, LogFields } from "../../packages/base/src/index.ts";

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its lines, for tests of what an operator would read. */
export function recordedLog(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const logWith = (outer: LogFields): Log => {
    const write =
      (level: LogLine["level"]) =>
      (message: string, fields: LogFields = {}) => {
        lines.push({ level, message, fields: { ...outer, ...fields } });
      };
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      with: (fields) => logWith({ ...outer, ...fields }),
    };
  };
  return { log: logWith({}), lines };
}
