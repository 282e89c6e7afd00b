import { ApiError } from "@clauderon/kube";
import { type Attempt, refusalFault } from "./model/refusal.ts";

/** Runs a request. If the API server refuses it, throws a Fault with cause and hint. */
export async function attempt<T>(what: Attempt, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw thrown instanceof ApiError ? refusalFault(thrown, what) : thrown;
  }
}
