import type { Settings } from "./settings.ts";

interface Post {
  id: string;
  title: string;
  body: string;
  category?: string;
}

/** The blog's first page. */
export function page({ title, release }: Settings, posts: readonly Post[]): string {
  const items = posts.map(
    (post) =>
      `<article><h2>${escapeHtml(post.title)}</h2><p>${escapeHtml(post.body)}</p>` +
      `${post.category === undefined ? "" : `<small>${escapeHtml(post.category ?? "")}</small>`}</article>`,
  );
  return `<!doctype html><html lang="en"><title>${escapeHtml(title)}</title>
<h1>${escapeHtml(title)}</h1><p>release ${escapeHtml(release)}</p>
${items.join("\n")}</html>
`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return String(text).replace(/[&<>"]/g, (char) => names[char] as string);
}
