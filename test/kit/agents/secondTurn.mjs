#!/usr/bin/env node
/** Reports a result, works for longer than the grace period of one second, and reports a second result. */
import { step, SUCCESS } from "./step.mjs";

step({ ...SUCCESS, text: "First" });
let left = 3;
const timer = setInterval(() => {
  step({ type: "text", text: `Still at it, ${left} to go` });
  left -= 1;
  if (left > 0) return;
  clearInterval(timer);
  step({ ...SUCCESS, text: "Second" });
}, 600);
