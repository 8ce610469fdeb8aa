import { type ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { csv, type Meta } from "../api/client";
import { errorWords } from "../api/errors";
import { go, route, to } from "../router";

export interface Column<T> {
  name: string;
  cell: (row: T) => ComponentChildren;
  /** The cell as text, for CSV; without it the column is left out there. */
  text?: (row: T) => string;
  numeric?: boolean;
  /** The cell that names its row. */
  heads?: boolean;
}

/** A table; on a narrow screen each row becomes a card. The roles keep it a table for a screen reader there, too. */
export function Table<T>({ caption, columns, rows, keyOf }: { caption: string; columns: Column<T>[]; rows: T[]; keyOf: (row: T) => string }) {
  return (
    <table role="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.name} scope="col" role="columnheader" class={column.numeric ? "numeric" : undefined}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => cellOf(column, row))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellOf<T>(column: Column<T>, row: T) {
  const name = column.numeric ? "numeric" : undefined;
  const content = <div>{column.cell(row)}</div>;
  return column.heads ? (
    <th key={column.name} scope="row" role="rowheader" data-label={column.name} class={name}>
      {content}
    </th>
  ) : (
    <td key={column.name} role="cell" data-label={column.name} class={name}>
      {content}
    </td>
  );
}

/** The addresses of the pages before this one, so that "previous" leads back though cursors only lead on. */
const before: string[] = [];

/** Previous and next. A new filter begins at the first page, so only this writes the cursor into the address. */
export function Pager({ meta, shown, what }: { meta: Meta; shown: number; what: string }) {
  const { screen, id, query } = route.value;
  const entries = Object.fromEntries(query);
  const at = (cursor: string | null, number: number): string => to(screen, id, { ...entries, cursor, page: number > 1 ? String(number) : null });
  const number = Number(query.get("page") ?? 1);
  const total = meta.total_count;
  const next = (): void => {
    before[number] = location.hash;
    go(at(meta.next_cursor, number + 1));
  };
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" disabled={number <= 1} onClick={() => go(before[number - 1] ?? at(null, 1))}>
        Previous
      </button>
      <span role="status">
        {number === 1 && !meta.next_cursor ? `${shown} in all` : `Page ${number}${number === 1 && total ? ` of at least ${total.toLocaleString("en")} ${what}` : ""}`}
      </span>
      <button type="button" disabled={!meta.next_cursor} onClick={next}>
        Next
      </button>
    </nav>
  );
}

/** Saves a list as CSV: the server's, or what is shown where the server writes none. */
export function Csv<T>({ name, path, columns, rows }: { name: string; path?: string; columns: Column<T>[]; rows: T[] }) {
  const [problem, say] = useState("");
  const download = async (): Promise<void> => {
    say("");
    try {
      save(name, (path ? await csv(path) : null) ?? written(columns, rows));
    } catch (error) {
      say(errorWords(error));
    }
  };
  return (
    <span class="csv">
      <button type="button" onClick={() => void download()}>
        Save as CSV<span class="visually-hidden">: {name}</span>
      </button>
      <span role="status">{problem}</span>
    </span>
  );
}

function written<T>(columns: Column<T>[], rows: T[]): string {
  const told = columns.filter((column) => column.text);
  const lines = [told.map((column) => column.name), ...rows.map((row) => told.map((column) => column.text?.(row) ?? ""))];
  return lines.map((cells) => cells.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
