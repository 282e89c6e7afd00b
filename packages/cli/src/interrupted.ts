/** A signal asked the command to stop. The sender knows, so nothing is printed for it. */
export class Interrupted extends Error {
  /** 128 + the number of the signal, as shells report it. */
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`Stopped by ${signal}`);
    this.name = "Interrupted";
    this.exitCode = exitCode;
  }
}
