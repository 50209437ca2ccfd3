// Checks the article on stdin and prints each statement that the archive refutes, as it is found.
// Node 20 or later, nothing to install:  node check.mjs < article.txt
import { text } from "node:stream/consumers";

const { CLAIMDESK_URL = "http://127.0.0.1:8000", CLAIMDESK_KEY } = process.env;
const answer = await fetch(`${CLAIMDESK_URL}/v1/check`, {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    ...(CLAIMDESK_KEY && { Authorization: `Bearer ${CLAIMDESK_KEY}` }),
  },
  body: JSON.stringify({ text: await text(process.stdin) }),
});
if (!answer.ok) {
  console.error((await answer.json()).detail); // a problem document (RFC 9457)
  process.exit(2);
}

let [rest, refuted, whole] = ["", 0, false];
for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + part).split("\n");
  rest = lines.pop();
  for (const line of lines) show(JSON.parse(line));
}
process.exitCode = whole ? Math.min(refuted, 1) : 2;

function show({ summary, verdict, statement, evidence }) {
  if (summary) whole = true; // an answer that is cut off has none
  if (verdict !== "REFUTED") return;
  refuted += 1;
  const against = evidence.find((one) => one.stance === "REFUTES");
  const source = against?.document.publisher ?? against?.document.id ?? "";
  console.log(`${statement} — ${source}: “${against?.rationale[0]?.quote ?? ""}”`);
}
