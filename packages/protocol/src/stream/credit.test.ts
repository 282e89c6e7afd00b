import { expect, it } from "vitest";
import { ReceiveCredit, SendCredit } from "./credit.ts";
import { INITIAL_WINDOW_BYTES } from "./limits.ts";

it("SendCredit counts sent and granted bytes and does not overflow", () => {
  const credit = new SendCredit();
  credit.spend(INITIAL_WINDOW_BYTES);
  expect(credit.bytes).toBe(0);
  credit.grant(100);
  expect(credit.bytes).toBe(100);
  for (let times = 0; times < 3; times++) credit.grant(4_294_967_295);
  expect(credit.bytes).toBe(2_147_483_647);
});

it("ReceiveCredit grants processed bytes again, in pieces worth a frame", () => {
  const credit = new ReceiveCredit();
  credit.receive(INITIAL_WINDOW_BYTES);
  expect(credit.consume(INITIAL_WINDOW_BYTES / 2 - 1)).toBe(0);
  expect(credit.consume(1)).toBe(INITIAL_WINDOW_BYTES / 2);
  credit.receive(INITIAL_WINDOW_BYTES / 2);
  expect(() => credit.receive(1)).toThrow("More arrived on a channel than was granted");
});
