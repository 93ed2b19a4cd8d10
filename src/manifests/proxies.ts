import { type JsonMap, textAt } from "./json.ts";

/** Whether a container passes connections on to a database, by its name or image. */
export function isProxy(container: JsonMap): boolean {
  const text = `${textAt(container, "name")} ${textAt(container, "image")}`;
  return /proxy|tunnel|bouncer|pgcat|odyssey|pgpool/i.test(text);
}
