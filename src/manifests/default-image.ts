import { version } from "../version.ts";

/**
 * The image of the gate where none is named: the one place that says its registry and name. It is the tag that
 * `npm run image` gives; who mirrors it, or puts the executable into an image of his own, names that by --image.
 */
export const defaultImage = `sluice:${version}`;
