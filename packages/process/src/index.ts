export { closeInherited } from "./closeInherited.ts";
export { findByVariable, findProcesses } from "./findProcesses.ts";
export { type Exit, exitCodeOf } from "./model/exit.ts";
export { type Finished, runProcess, type RunOptions } from "./runProcess.ts";
export { isThere, signalProcess } from "./signalProcess.ts";
export { type OpenProcess, openProcess, type ProcessPlace, startLogged, type StartedProcess } from "./startProcess.ts";
