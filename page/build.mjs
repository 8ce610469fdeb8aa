// Builds the page into the function that serves it, with the hashes of what it was built from: `make test` compares
// them without Node.js.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const target = "../functions/serve-page/page";
const LIMIT_BYTES = 40 * 1024; // gzip, of all files together

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// What is the same is not touched: tests may be reading it.
async function write(path, content) {
  const before = await readFile(path).catch(() => null);
  if (before === null || !before.equals(Buffer.from(content))) await writeFile(path, content);
}

async function files(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`).sort();
}

const bundled = await build({
  entryPoints: ["src/main.tsx", "src/style.css"],
  entryNames: "[name]",
  outdir: target,
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  charset: "utf8",
});
const built = Object.fromEntries(bundled.outputFiles.map((file) => [file.path.split("/").pop(), file.contents]));
built["icon.svg"] = await readFile("src/icon.svg");
// A name that changes with the content can be kept for ever by a browser.
let index = await readFile("src/index.html", "utf8");
for (const [name, bytes] of Object.entries(built)) index = index.replaceAll(`"${name}"`, `"${name}?${sha256(bytes).slice(0, 12)}"`);
built["index.html"] = Buffer.from(index);

const sources = {};
for (const name of ["build.mjs", "package-lock.json", "package.json", "tsconfig.json", ...(await files("src"))]) sources[name] = sha256(await readFile(name));
const sizes = Object.entries(built).map(([name, bytes]) => [name, gzipSync(bytes, { level: 9 }).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
await mkdir(target, { recursive: true });
for (const name of await readdir(target)) if (!(name in built)) await rm(`${target}/${name}`, { recursive: true });
for (const [name, bytes] of Object.entries(built)) await write(`${target}/${name}`, bytes);
const manifest = { files: Object.fromEntries(Object.entries(built).map(([name, bytes]) => [name, sha256(bytes)])), sources };
await write("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
console.log(`${(total / 1024).toFixed(1)} KB gzip: ${sizes.map(([name, size]) => `${name} ${(size / 1024).toFixed(1)}`).join(", ")}`);
if (total > LIMIT_BYTES) throw new Error(`more than ${LIMIT_BYTES / 1024} KB`);
