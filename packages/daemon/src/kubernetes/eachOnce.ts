/** Passes on a step unless it repeats the previous one: many changes in the caches lead to the same step. */
export function eachOnce(progress: (step: string) => void): (step: string) => void {
  let last = "";
  return (step) => {
    if (step !== last) progress(step);
    last = step;
  };
}
