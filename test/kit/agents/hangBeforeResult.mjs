#!/usr/bin/env node
/** Starts and is never heard of again; SIGTERM ends it. */
import { hang, step } from "./step.mjs";

step({ type: "text", text: "Thinking" });
hang();
