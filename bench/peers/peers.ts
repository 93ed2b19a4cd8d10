import { dbmate } from "./dbmate.ts";
import { floor } from "./floor.ts";
import { golangMigrate } from "./golang-migrate.ts";
import { goose } from "./goose.ts";
import type { Peer } from "./peer.ts";
import { sluice } from "./sluice.ts";

/** All tools of the comparison, in the order of the tables. The first one that takes part is what ratios refer to. */
export const peers: readonly Peer[] = [sluice, floor, dbmate, goose, golangMigrate];
