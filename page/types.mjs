// Writes the types of the API from its description, with which the page is checked.
import { readFile, writeFile } from "node:fs/promises";
import { load } from "js-yaml";
import openapiTS, { astToString } from "openapi-typescript";

// OpenAPI 3.1 lets a $ref have keys beside it, and openapi-typescript drops those: here both hold.
function bothHold(node) {
  if (Array.isArray(node)) return node.map(bothHold);
  if (node === null || typeof node !== "object") return node;
  const { $ref, ...rest } = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, bothHold(value)]));
  if (typeof $ref !== "string") return $ref === undefined ? rest : { ...rest, $ref };
  return "properties" in rest || "required" in rest ? { allOf: [{ $ref }, rest] } : { $ref };
}

// The page asks for JSON; a table, which the API writes for `Accept: text/csv`, it saves as it comes.
function onlyJson(node) {
  if (Array.isArray(node)) return node.map(onlyJson);
  if (node === null || typeof node !== "object") return node;
  const kept = Object.entries(node).filter(([key]) => key !== "text/csv");
  return Object.fromEntries(kept.map(([key, value]) => [key, onlyJson(value)]));
}

const description = onlyJson(bothHold(load(await readFile("../docs/api/openapi.yaml", "utf8"))));
const types = astToString(await openapiTS(description, { defaultNonNullable: false }));
const place = "src/api/generated.ts";
if ((await readFile(place, "utf8").catch(() => null)) !== types) await writeFile(place, types);
