#!/usr/bin/env node
/** Cannot be asked to leave. */
import { hang, step } from "./step.mjs";

process.on("SIGTERM", () => step({ type: "text", text: "I would rather stay" }));
step({ type: "text", text: "Thinking" });
hang();
