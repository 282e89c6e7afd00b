#!/usr/bin/env node
import "@clauderon/base/require-node";

await import("../src/remote/main.ts");
