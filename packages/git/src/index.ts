export { type CapturedWork, captureWork, type CaptureOptions } from "./captureWork.ts";
export { Git, type GitCall } from "./git.ts";
export { readWork, restoreWork } from "./restoreWork.ts";
export { createWorktree, removeWorktree, type WorktreePlace } from "./worktree.ts";
