/** The door for programs that must start fast: what frames and a daemon's client need; the schemas cost ten times the time. */
export { RUN_EXIT } from "./runEnvironment.ts";
export { ReceiveCredit, SendCredit } from "./session/credit.ts";
export { encodeFrame, type Frame, FrameDecoder, FrameError } from "./session/frames.ts";
export {
  DAEMON_API_VERSION,
  MAX_FRAME_BYTES,
  MAX_SESSION_NAME,
  RUNNER_OUTPUT_FILE,
  RUNNER_OUTPUT_FOLDER,
  RUNNER_SESSION_FILE,
  SESSION_NAME,
  STREAM_PROTOCOL,
} from "./session/limits.ts";
export { closeFrame, controlFrame } from "./session/messageFrames.ts";
export { promptProblem } from "./session/promptProblem.ts";
export { socketPath } from "./session/socketPath.ts";
