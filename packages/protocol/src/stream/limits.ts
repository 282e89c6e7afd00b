import { MAX_PROMPT_BYTES } from "../session/limits.ts";

/**
 * `GET /api/sessions/:name/stream` with `Connection: Upgrade` and `Upgrade` of this name: after the 101, frames as on
 * the runner's socket, with hello and status first. Only the daemon sends `start`, `stop`, `end`, `checkout` and
 * `forward`; it refuses them from a client with an `error`. For a session that does not run, the daemon answers
 * SESSION_NOT_RUNNING as plain HTTP.
 */
export const STREAM_PROTOCOL = "clauderon-frames/1";

/** The version of the messages that this code speaks, and the oldest that it understands; see `hello`. */
export const MESSAGES_VERSION = 1;
export const OLDEST_MESSAGES_VERSION = 1;

/** The largest payload of one frame in bytes; a longer one ends the connection. */
export const MAX_FRAME_BYTES = 1_048_576;

/** The longest control message of a client: the longest prompt, with each byte written as `\u0000`. */
export const MAX_CLIENT_CONTROL_BYTES = 6 * MAX_PROMPT_BYTES + 1_024;

/** Channels that a client may have open on one connection. */
export const MAX_CHANNELS = 64;

/** Credit in bytes that each side of a channel has when it opens; more comes by `window` frames. */
export const INITIAL_WINDOW_BYTES = 262_144;

/** The most that a sender puts into one frame, so that frames of other channels are not delayed. */
export const CHUNK_BYTES = 65_536;

/** Bytes that may wait in a connection before its channels hold back. */
export const READY_BYTES = 262_144;

/** The longest text of a status, an error or a hint, in UTF-16 units. */
export const MAX_TEXT = 4_096;

/** The maximum columns and rows of a terminal: more than any real terminal has would only cost memory. */
export const MAX_TERMINAL_SIZE = 500;
