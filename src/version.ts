import manifest from "../package.json" with { type: "json" };

/** Version of Sluice, from package.json; the bundler puts it into the executable. */
export const version: string = manifest.version;
