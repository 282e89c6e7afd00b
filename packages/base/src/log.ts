/** Variables of a log line; names are those of the API (`session`, `namespace`, `reason`). */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go. Messages are constant text; what varies is a field. Implementations never throw. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines all carry these fields too. */
  with(fields: LogFields): Log;
}

/** Drops every line. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silentLog };
