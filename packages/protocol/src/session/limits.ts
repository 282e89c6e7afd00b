/** The version of the daemon's API; a command and a daemon with different versions do not talk to each other. */
export const DAEMON_API_VERSION = 1;

/** The largest prompt in bytes of UTF-8. */
export const MAX_PROMPT_BYTES = 4 * 1_048_576;

/** The longest name, so that every object named after it stays within the 63 characters of a DNS label. */
export const MAX_SESSION_NAME = 40;

/** The form of a session's name. */
export const SESSION_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** The file in a session's folder that says what its runner runs. */
export const RUNNER_SESSION_FILE = "session.json";

/** The file beside it with the first prompt, when there is one. */
export const RUNNER_PROMPT_FILE = "prompt";

/** In the same folder: the terminal's output, in files named by the offset of their first byte. */
export const RUNNER_OUTPUT_FOLDER = "output";
export const RUNNER_OUTPUT_FILE = /^(\d{16})\.log$/;

/** The ref of a session's repository that holds its work, including uncommitted changes, as `captureWork` writes it. */
export const WORK_REF = "refs/clauderon/work";

/** The ref of a session's repository that receives its initial work and later pushes. */
export const INCOMING_REF = "refs/clauderon/incoming";
