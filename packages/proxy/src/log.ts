import type { Log, LogFields } from "@clauderon/base";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** A log of JSON lines, each with time and level, from this level on. */
export function jsonLog(level: LogLevel, write: (line: string) => void, fields: LogFields = {}): Log {
  const line =
    (of: LogLevel) =>
    (message: string, more: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(of) < LOG_LEVELS.indexOf(level)) return;
      write(`${JSON.stringify({ level: of, time: new Date().toISOString(), ...fields, ...more, msg: message })}\n`);
    };
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (more) => jsonLog(level, write, { ...fields, ...more }),
  };
}
