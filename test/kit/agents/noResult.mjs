#!/usr/bin/env node
/** Works, then leaves with exit code 0 and without a result. */
import { step } from "./step.mjs";

step({ type: "text", text: "I have better things to do" });
