export { findSandbox, type Sandbox } from "./findSandbox.ts";
export { runInSandbox } from "./runInSandbox.ts";
export { sessionToolchains } from "./sessionToolchains.ts";
export { sandboxed, type SandboxedCommand, type SandboxOptions } from "./sandboxed.ts";
export { type SandboxRepository } from "./sandboxGit.ts";
