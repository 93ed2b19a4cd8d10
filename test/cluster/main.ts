import { parseArgs } from "node:util";
import { buildAll } from "./build.ts";
import { down } from "./down.ts";
import { withLock } from "./lock.ts";
import { kubeconfigPath, lockPath, stateFolder } from "./paths.ts";
import { status } from "./status.ts";
import { up } from "./up.ts";

/** `npm run cluster:up`, `cluster:down`, `cluster:status`, `cluster:build`: see README.md. */
const usage = `Usage: npm run cluster:up [-- --nodes N] [-- --control-plane [--controllers]]
       npm run cluster:down
       npm run cluster:status
       npm run cluster:build      builds everything beforehand, Helm too`;

const stateDir = stateFolder();
const log = (line: string) => console.log(line);

async function main(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      nodes: { type: "string" },
      "control-plane": { type: "boolean" },
      controllers: { type: "boolean" },
    },
  });
  const nodes = Number(values.nodes ?? 1);
  if (positionals.length !== 1 || !(Number.isInteger(nodes) && nodes >= 1 && nodes <= 4))
    throw new TypeError(usage);
  switch (positionals[0]) {
    case "up": {
      const kind = values["control-plane"] ? "control-plane" : "cluster";
      await up({ stateDir, kind, nodes, controllers: values.controllers ?? false, log });
      log(`\nexport KUBECONFIG=${kubeconfigPath(stateDir)}`);
      return 0;
    }
    case "down":
      await withLock(lockPath(), () => down({ stateDir, log }));
      return 0;
    case "status":
      return (await status(stateDir, log)) ? 0 : 1;
    case "build":
      await buildAll(log);
      return 0;
    default:
      throw new TypeError(usage);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
