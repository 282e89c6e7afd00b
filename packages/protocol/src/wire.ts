/**
 * The entry point for programs that must start fast: what frames and a client of the daemon need; the schemas take ten
 * times as long to load.
 */
export { RUN_EXIT } from "./runEnvironment.ts";
export {
  DAEMON_API_VERSION,
  MAX_SESSION_NAME,
  RUNNER_OUTPUT_FILE,
  RUNNER_OUTPUT_FOLDER,
  RUNNER_SESSION_FILE,
  SESSION_NAME,
} from "./session/limits.ts";
export { promptProblem } from "./session/promptProblem.ts";
export { socketPath } from "./session/socketPath.ts";
export { closeFrame, controlFrame } from "./stream/controlFrame.ts";
export { ReceiveCredit, SendCredit } from "./stream/credit.ts";
export { encodeFrame, encodeHead, type Frame, FrameDecoder, FrameError, payloadOf } from "./stream/frames.ts";
export {
  CHUNK_BYTES,
  INITIAL_WINDOW_BYTES,
  MAX_CHANNELS,
  MAX_CLIENT_CONTROL_BYTES,
  MAX_FRAME_BYTES,
  MAX_TERMINAL_SIZE,
  MESSAGES_VERSION,
  OLDEST_MESSAGES_VERSION,
  MAX_TEXT,
  READY_BYTES,
  STREAM_PROTOCOL,
} from "./stream/limits.ts";
export { readRefusal, refusalOf, refusedFault } from "./stream/refusal.ts";
export { tooManyBytes } from "./stream/tooManyBytes.ts";
export { readClose, readTold, type ToldMessage } from "./stream/toldMessage.ts";
