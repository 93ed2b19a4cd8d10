/** Rows of cells; the first column is text, the others are figures. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A table in Markdown, its columns aligned so that it reads as well in a terminal. Ends without a line break. */
export function renderTable({ columns, rows }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(3, column.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, index) => pad(cells[index] ?? "", width, index)).join(" | ")} |`;
  const rule = widths.map((width, index) => (index === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(columns), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

function pad(cell: string, width: number, index: number): string {
  return index === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** Milliseconds with as many decimals as they are worth: "4.31", "21.4", "2,108". */
export function formatMs(milliseconds: number): string {
  const decimals = milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0;
  return milliseconds.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** Mebibytes with one decimal; "-" where not measured. */
export function formatMiB(mebibytes: number | undefined): string {
  return mebibytes === undefined || Number.isNaN(mebibytes) ? "-" : mebibytes.toFixed(1);
}
