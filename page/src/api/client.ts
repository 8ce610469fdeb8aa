import createClient from "openapi-fetch";
import type { components, paths } from "./generated";
import type { Figures, LaterIntegration, LaterInvoice, LaterMethod, LaterPayment } from "./later";
import { ApiError, Unreachable } from "./errors";
import { key, signOut } from "./session";

type Schemas = components["schemas"];
export type Invoice = Schemas["InvoiceCore"] & LaterInvoice;
export type WholeInvoice = Schemas["Invoice"] & LaterInvoice;
export type Payment = Schemas["Payment"] & LaterPayment;
export type Integration = Schemas["Integration"] & LaterIntegration;
export type Customer = Schemas["Customer"];
export type PaymentMethod = Schemas["PaymentMethod"] & LaterMethod;
export type Notification = Schemas["Webhook"];
export type Meta = Schemas["Meta"];

/** The page lies at …/settings/ and the API beside it, behind whatever prefix: a stage's, or none. */
const root = new URL("..", location.href.split("#")[0]).href.replace(/\/$/, "");

export const api = createClient<paths>({ baseUrl: root, credentials: "omit", cache: "no-store" });
api.use({
  onRequest({ request }) {
    if (!request.headers.has("Authorization")) request.headers.set("Authorization", `Bearer ${key.value ?? ""}`);
    return request;
  },
});

interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The body of a good answer. Throws ApiError, or Unreachable; a key that is not known signs out. */
export async function answered<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Unreachable(cause);
  });
  if (response.ok) return data as T;
  if (response.status === 401 || response.status === 403) signOut("This API key is not known here. The operator of Paystream issues keys.");
  throw new ApiError(response.status, error);
}

/** The figures of these days. Null where this server counts none. */
export async function figures(from: string, to: string): Promise<Figures | null> {
  const asked = await raw(`/api/v1/figures?from=${from}&to=${to}`, "application/json");
  if (asked.status === 404) return null;
  if (!asked.ok) throw new ApiError(asked.status, await asked.json());
  return ((await asked.json()) as { figures: Figures }).figures;
}

/** The list as the server writes it. Null where it answers anything but CSV. */
export async function csv(path: string): Promise<string | null> {
  const asked = await raw(path, "text/csv");
  if (!asked.ok) throw new ApiError(asked.status, await asked.json());
  return asked.headers.get("Content-Type")?.startsWith("text/csv") ? asked.text() : null;
}

function raw(path: string, accept: string): Promise<Response> {
  const headers = { Accept: accept, Authorization: `Bearer ${key.value ?? ""}` };
  return fetch(root + path, { headers, credentials: "omit", cache: "no-store" }).catch((cause: unknown) => {
    throw new Unreachable(cause);
  });
}
