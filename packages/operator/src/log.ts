import type { Log, LogFields } from "@clauderon/base";
import { pino } from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** A log that writes JSON lines to standard output without buffering: `level` is a word, `time` is RFC 3339. */
export function jsonLog(level: LogLevel): Log {
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
  return logOf(logger);
}

function logOf(logger: pino.Logger): Log {
  const line =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      logger[level](fields, message);
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (fields) => logOf(logger.child(fields)),
  };
}
