import type { ContainerStateTerminated } from "kubernetes-types/core/v1.js";

/** True if the container ended because its program could not be started. */
export function isStartError({ reason }: ContainerStateTerminated): boolean {
  return reason === "StartError" || reason === "ContainerCannotRun";
}

/** How a container ended: `exit code 137, signal 9`. An exit code above 128 implies the signal. */
export function exitText({ exitCode, signal }: ContainerStateTerminated): string {
  const number = signal ?? (exitCode > 128 ? exitCode - 128 : undefined);
  return number === undefined ? `exit code ${exitCode}` : `exit code ${exitCode}, signal ${number}`;
}
