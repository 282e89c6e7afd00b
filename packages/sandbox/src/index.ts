export { findSandbox, type Sandbox } from "./findSandbox.ts";
export { sandboxed, type SandboxedCommand, type SandboxOptions } from "./sandboxed.ts";
export { type SandboxRepository } from "./sandboxGit.ts";
