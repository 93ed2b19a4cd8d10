import { printable } from "../report/error.ts";
import type { Output } from "../report/output.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Style } from "../report/style.ts";
import { displayWidth, pad, wrap } from "../report/table.ts";

/** A line of the summary that a terminal shows below everything else. */
export interface Summary {
  label: string;
  text: string;
  /** Said again and again where there is no terminal, when it has changed. */
  repeat?: boolean;
}

export interface Screen {
  /** A new act: its title, and what is to be seen in it. */
  act(title: string, about: string): void;
  /** What a part says. */
  line(part: string, text: string): void;
  /** From now on shows the summary, which is asked for whenever it is due. */
  summarise(read: () => Summary[]): void;
  /** Removes the summary and stops. */
  close(): void;
}

export interface ScreenOptions {
  reporter: Reporter;
  stderr: Output;
  style: Style;
  /** Redraws a summary in place; without it all is plain lines through the reporter. */
  live: boolean;
  /** Width of the terminal, where there is one. */
  columns(): number | undefined;
  /** Lines as JSON have fields instead of columns. */
  json: boolean;
}

const PART = 9;
const colours = { runner: "yellow", gate: "cyan", app: "green", database: "bold" } as const;

/** Shows what each part does, with the seconds since the start. */
export function createScreen({ reporter, stderr, style, live, columns, json }: ScreenOptions): Screen {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)}s`.padStart(6);
  const width = () => Math.max(40, columns() ?? 80);
  let read: (() => Summary[]) | undefined;
  let drawn = 0;
  let closed = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  const said = new Map<string, string>();

  const write = (lines: readonly string[], message: string, fields: Record<string, string>): void => {
    if (closed) return;
    if (json) reporter.info(message, fields);
    // One write each time, so that no half-drawn state is seen.
    else if (live) stderr.write(`${erase()}${lines.map((line) => `${line}\n`).join("")}${draw()}`);
    else for (const line of lines) reporter.info(line);
  };
  const erase = (): string => {
    // Back to the first column, too: Ctrl-C is echoed behind the summary.
    const text = drawn === 0 ? "" : `\r\x1b[${drawn}A\x1b[J`;
    drawn = 0;
    return text;
  };
  const draw = (): string => {
    if (!live || read === undefined) return "";
    const room = width() - 1;
    const lines = read().map(({ label, text }) => cut(`${pad(label, PART)}   ${printable(text)}`, room));
    drawn = lines.length + 1;
    return [style.dim("-".repeat(Math.min(room, 78))), ...lines].map((line) => `${line}\n`).join("");
  };
  const columnsOf = (part: string, text: string): string[] => {
    const kind = part.split(" ")[0] as keyof typeof colours;
    const paint = style[colours[kind] ?? "dim"];
    const clean = printable(text);
    const room = width() - PART - 12;
    // Blanks at the beginning mean an excerpt, whose columns matter.
    const parts = live && displayWidth(clean) > room && !clean.startsWith(" ") ? wrap(clean, room) : [clean];
    return parts.map(
      (piece, index) =>
        `${paint(pad(part, PART))} ${style.dim("|")} ${index === 0 ? style.dim(seconds()) : "      "}  ${piece}`,
    );
  };

  return {
    act(title, about) {
      const lines = wrap(about, Math.min(width(), 100) - 4).map((line) => `  ${line}`);
      write(["", style.bold(title), ...lines], `${title}. ${about}`, {});
    },
    line: (part, text) => write(live || !json ? columnsOf(part, text) : [], text, { part }),
    summarise(from) {
      read = from;
      clearInterval(timer);
      timer = setInterval(
        () => {
          if (live) return void stderr.write(erase() + draw());
          for (const { label, text, repeat } of from()) {
            if (!repeat || said.get(label) === text) continue;
            said.set(label, text);
            this.line(label, text);
          }
        },
        live ? 200 : 2_000,
      );
    },
    close() {
      clearInterval(timer);
      closed = true;
      read = undefined;
      if (live) stderr.write(erase());
    },
  };
}

function cut(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${text.slice(0, width - 3)}...`;
}
