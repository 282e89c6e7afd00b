/** The door for programs that must start fast: what frames need and no more; the schemas cost ten times the time. */
export { ReceiveCredit, SendCredit } from "./session/credit.ts";
export { encodeFrame, type Frame, FrameDecoder, FrameError } from "./session/frames.ts";
export { MAX_FRAME_BYTES, MAX_SESSION_NAME, SESSION_NAME, STREAM_PROTOCOL } from "./session/limits.ts";
export { socketPath } from "./session/socketPath.ts";
