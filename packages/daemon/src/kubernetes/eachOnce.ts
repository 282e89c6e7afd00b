/** Passes a step on unless it is the one before: caches may tell of many changes that come to the same. */
export function eachOnce(progress: (step: string) => void): (step: string) => void {
  let last = "";
  return (step) => {
    if (step !== last) progress(step);
    last = step;
  };
}
