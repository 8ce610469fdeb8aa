import { signal } from "@preact/signals";

export interface Route {
  /** "invoices", and what follows it, decoded. */
  screen: string;
  id: string | null;
  query: URLSearchParams;
}

export const route = signal<Route>(read());

addEventListener("hashchange", () => {
  route.value = read();
});

/** A link that fills the key in leads to the first screen. */
function read(): Route {
  const address = location.hash.startsWith("#key=") ? "" : location.hash;
  const [path = "", query = ""] = address.replace(/^#\/?/, "").split("?");
  const [screen = "", ...rest] = path.split("/");
  return { screen: screen || "overview", id: rest.length ? decodeURIComponent(rest.join("/")) : null, query: new URLSearchParams(query) };
}

/** The address of a screen. Empty parts of the query are left out. */
export function to(screen: string, id: string | null = null, query: Record<string, string | null | undefined> = {}): string {
  const asked = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  return `#/${screen}${id === null ? "" : `/${encodeURIComponent(id)}`}${asked.size ? `?${asked}` : ""}`;
}

export function go(address: string): void {
  location.hash = address;
}
