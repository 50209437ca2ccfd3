// The types of the service -> the same, marked with the hash of the document that they were made
// from, which tests/desk/test_client.py compares. Types that tsc makes are removed: it would read
// them, where it should read the code.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const document = readFileSync("../../tests/api/openapi.json");
const hash = createHash("sha256").update(document).digest("hex");
const types = readFileSync("openapi.d.ts", "utf8");
const head = `// Made by "npm run types" from tests/api/openapi.json, sha256 ${hash}`;
writeFileSync("openapi.d.ts", `${head}\n${types}`);
for (const name of ["claimdesk", "errors", "long", "transport"]) rmSync(`${name}.d.ts`, { force: true });
