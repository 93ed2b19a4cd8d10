declare module "libpg-query/wasm/libpg-query.js" {
  const createModule: (options: { locateFile: (name: string) => string }) => Promise<unknown>;
  export default createModule;
}

declare module "libpg-query/wasm/libpg-query.wasm" {
  const path: string;
  export default path;
}
