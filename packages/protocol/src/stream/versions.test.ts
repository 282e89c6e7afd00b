import { describe, expect, it } from "vitest";
import { CONVERSATIONS, membersOf, ofLaterVersion } from "../../../../test/kit/conversations/conversations.ts";
import type { Frame } from "./frames.ts";
import { clientMessageSchema, runnerMessageSchema } from "./messages.ts";
import { readClientMessage } from "./readMessage.ts";
import { readTold } from "./toldMessage.ts";

const [BEFORE_THE_RULE] = CONVERSATIONS;

const typesOf = (frames: readonly Frame[]) =>
  new Set(frames.flatMap((frame) => (membersOf(frame)["type"] as string) ?? []));

const typesIn = ({ options }: typeof clientMessageSchema | typeof runnerMessageSchema) =>
  new Set(options.map(({ shape }): string => shape.type.value));

const bytesOf = (frames: readonly Frame[]) =>
  frames.flatMap((frame) => (frame.type === "control" ? [frame.bytes] : []));

it("the recorded conversations have every message of either side, and every result", () => {
  const runner = CONVERSATIONS.flatMap((conversation) => conversation.runner);
  expect(typesOf(runner)).toEqual(typesIn(runnerMessageSchema));
  expect(typesOf(CONVERSATIONS.flatMap(({ client }) => client))).toEqual(typesIn(clientMessageSchema));
  const results = runner.map(membersOf).filter(({ type }) => type === "done");
  expect(results.some(({ commit }) => commit !== undefined)).toBe(true);
  expect(results.some(({ forwarding }) => forwarding === "Forwarded")).toBe(true);
});

describe.each(CONVERSATIONS)("the conversation $name", ({ runner, client }) => {
  const told = runner.filter(({ channel }) => channel !== 0);

  it("is understood by a viewer in all that the runner says on its channel, also with what a later version adds", () => {
    const read = bytesOf(told).map(readTold);
    expect(read).not.toContain(undefined);
    const later = bytesOf(ofLaterVersion(told)).map(readTold);
    expect(later.filter((message) => message !== undefined)).toMatchObject(read as object[]);
  });

  it("is understood by a runner in everything that the client asks", () => {
    const asked = bytesOf(client).map(readClientMessage);
    expect(asked).toMatchObject(client.map(membersOf).filter(({ type }) => type !== undefined));
  });

  it("is understood by a runner in what it knows of a client of a later version, and refused in the rest", () => {
    const asked = bytesOf(client).map(readClientMessage);
    const later = bytesOf(ofLaterVersion(client)).map(readClientMessage);
    expect(later.filter(({ type }) => type !== "unknown")).toEqual(asked);
    expect(later.filter(({ type }) => type === "unknown")).toHaveLength(asked.length);
  });
});

/** Members that version 0.1.0 has, and its recorded client did not use. */
const NOT_RECORDED: Readonly<Record<string, readonly string[]>> = { exec: ["terminal"], start: ["prompt"] };
/** What is sent only to runners that refuse an unknown message by itself. */
const FOR_NEWER: readonly string[] = ["ping"];

it.each(clientMessageSchema.options.map(({ shape }) => ({ type: shape.type.value, shape })))(
  "$type has no member that a runner of version 0.1.0 does not know, because that would end the connection",
  ({ type, shape }) => {
    const asked = BEFORE_THE_RULE?.client.map(membersOf).filter((message) => message["type"] === type) ?? [];
    const known = new Set([...asked.flatMap(Object.keys), ...(NOT_RECORDED[type] ?? [])]);
    const unknown = Object.keys(shape).filter((member) => !known.has(member));
    expect(unknown).toEqual(FOR_NEWER.includes(type) ? Object.keys(shape) : []);
  },
);
