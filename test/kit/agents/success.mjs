#!/usr/bin/env node
/** Repeats its prompt and succeeds. */
import { readFileSync } from "node:fs";
import { step, SUCCESS } from "./step.mjs";

const prompt = readFileSync(0, "utf8");
step({ type: "init", sessionId: "session-1", model: "scripted-model", detail: "scripted agent" });
step({ type: "text", text: `Asked for ${prompt.length} characters: ${prompt.slice(0, 60)}` });
step({ type: "toolUse", tool: "Bash", argument: "npm test" });
step({ type: "toolResult", text: "1 passed\n0 failed\n", failed: false });
step({ type: "retry", detail: "overloaded (529), attempt 1 of 10", delayMs: 1500 });
step({ type: "other", name: "ping" });
step(SUCCESS);
