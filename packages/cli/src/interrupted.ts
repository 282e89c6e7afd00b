/** A signal asked the command to stop. The sender knows that, so the command prints nothing about it. */
export class Interrupted extends Error {
  /** 128 + the number of the signal, as shells report it. */
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`Stopped by ${signal}`);
    this.name = "Interrupted";
    this.exitCode = exitCode;
  }
}
