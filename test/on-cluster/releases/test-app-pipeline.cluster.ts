import { beforeAll, describe, setDefaultTimeout, test } from "bun:test";
import { cluster, isOurs } from "../support.ts";
import { loadTestApp } from "../test-app/images.ts";
import { proveUnderLoad } from "../test-app/prove.ts";
import { ciAppliesJob, ciMigrates } from "../test-app/ways.ts";

/** Both forms of strategy `pipeline` under load (issue 6, proof 3). */
setDefaultTimeout(300_000);

describe.skipIf(!isOurs)("a pipeline under load", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  for (const way of [ciMigrates, ciAppliesJob])
    test(`${way.name}: v1 to v2 without a failed request; v4 ends the step with its own error`, () =>
      proveUnderLoad(way));
});
