import { type AddressInfo, connect, createServer } from "node:net";

/** Forwards a free port of the address in the first argument to the port of the loopback in the second one. */
const [address, target] = process.argv.slice(2);
const server = createServer((inner) => {
  const outer = connect(Number(target), "127.0.0.1");
  for (const [from, to] of [
    [inner, outer],
    [outer, inner],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
});
server.listen(0, address, () => console.log(`port ${(server.address() as AddressInfo).port}`));
