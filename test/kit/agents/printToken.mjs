#!/usr/bin/env node
/** Gives its credential away in every way a line has: whole, across two writes, inside JSON, on stderr, and as the result. */
import { setTimeout as pause } from "node:timers/promises";
import { step, SUCCESS } from "./step.mjs";

const token = process.env.AGENT_TOKEN;
step({ type: "text", text: `My token is ${token}` });
const line = JSON.stringify({ type: "toolUse", tool: "Bash", argument: `curl -H "x-api-key: ${token}"` });
const middle = line.indexOf(token.slice(0, 3)) + 2;
process.stdout.write(line.slice(0, middle));
await pause(50);
process.stdout.write(`${line.slice(middle)}\n`);
process.stdout.write(`not json: ${token}\n`);
process.stderr.write(`debug: ${token}\n`);
step({ ...SUCCESS, text: `The token was ${token}` });
