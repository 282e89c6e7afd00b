import type { ClientMessage } from "@clauderon/protocol";
import { closeFrame, controlFrame, type Frame, ReceiveCredit, SendCredit } from "@clauderon/protocol/wire";

/** The most that one frame carries. */
const CHUNK_BYTES = 65_536;

/** One channel of a SessionStream: what is sent waits here until the other side takes it. */
export class StreamChannel {
  readonly number: number;
  readonly #send: (frame: Frame) => void;
  readonly #credit = new SendCredit();
  readonly #received = new ReceiveCredit();
  #waiting: Uint8Array[] = [];
  #isEnding = false;
  #onSent: (() => void) | undefined;

  constructor(number: number, send: (frame: Frame) => void) {
    this.number = number;
    this.#send = send;
  }

  /** Bytes that the other side has not taken yet. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  /** Sends at once what the other side takes, the rest later. */
  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#flush();
  }

  /** Settles once nothing waits. */
  async sent(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#onSent = resolve;
    });
  }

  /** No more comes from this side, once all is sent. */
  end(): void {
    this.#isEnding = true;
    this.#flush();
  }

  close(): void {
    this.#send(closeFrame(this.number));
  }

  tell(message: ClientMessage): void {
    this.#send(controlFrame(this.number, message));
  }

  grant(credit: number): void {
    this.#credit.grant(credit);
    this.#flush();
  }

  received(bytes: number): void {
    this.#received.receive(bytes);
  }

  dealtWith(bytes: number): void {
    const credit = this.#received.consume(bytes);
    if (credit > 0) this.#send({ channel: this.number, type: "window", credit });
  }

  #flush(): void {
    for (let [first] = this.#waiting; first !== undefined && this.#credit.bytes > 0; [first] = this.#waiting) {
      const bytes = first.subarray(0, Math.min(this.#credit.bytes, CHUNK_BYTES));
      this.#credit.spend(bytes.length);
      this.#send({ channel: this.number, type: "data", bytes });
      if (bytes.length === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(bytes.length);
    }
    if (this.#waiting.length > 0) return;
    this.#onSent?.();
    this.#onSent = undefined;
    if (this.#isEnding) this.#send({ channel: this.number, type: "end" });
    this.#isEnding = false;
  }
}
