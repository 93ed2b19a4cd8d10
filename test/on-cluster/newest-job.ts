import type { Place } from "./real-fixture.ts";

/** The name of the youngest Job of a selector: Helm removes that of the release before in the background. */
export function newestJob({ kubectl }: Place, selector: string): Promise<string> {
  return kubectl(
    `get jobs --selector=${selector} --sort-by=.metadata.creationTimestamp`,
    "--output=jsonpath={.items[-1:].metadata.name}",
  );
}
