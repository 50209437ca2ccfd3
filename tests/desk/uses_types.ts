// A program that uses the client as the docs say: test_client.py compiles it, strictly.
import { Claimdesk, ClaimdeskError, codePoints, type CheckLine } from "./claimdesk.js";

const desk = new Claimdesk("http://127.0.0.1:8000", { key: "cd_x", retries: 1, timeoutMs: 1000, maxRetryWaitMs: 5 });

export async function main(): Promise<(string | number | null | undefined)[]> {
  const answer = await desk.verify("x", { top_k: 1, as_of: "2024-01-01", filters: { publisher: ["a"] } });
  const verdict: "SUPPORTED" | "REFUTED" | "CONFLICTING_EVIDENCE" | "NOT_ENOUGH_EVIDENCE" | null = answer.verdict;
  const found: (string | number | null | undefined)[] = [verdict, answer.evidence[0]?.rationale[0]?.quote];
  for await (const line of desk.checkLong("x", { signal: AbortSignal.timeout(10) })) {
    const one: CheckLine = line;
    if ("summary" in one) found.push(one.summary.statements);
    else if ("error" in one) found.push(one.error.detail);
    else if ("verdict" in one) found.push(codePoints("x", one.start, one.end), one.quotations[0]?.result);
    else found.push(one.text);
  }
  for await (const line of desk.verifyBatch(["a"])) found.push("error" in line ? line.error.title : line.verdict);
  const { matches } = await desk.quotes("x", { context: "y", filters: { language: ["en"] } });
  found.push(...matches.flatMap(({ notes }) => notes));
  try {
    await desk.documents.put("a", { text: "x", title: "t" });
  } catch (error) {
    if (!(error instanceof ClaimdeskError)) throw error;
    const reason: "problem" | "unreachable" | "timeout" | "cut_off" | "not_claimdesk" = error.reason;
    found.push(reason, error.retryAfterMs);
  }
  // @ts-expect-error A claim is a text.
  await desk.verify(3);
  // @ts-expect-error There is no such field.
  await desk.verify("x", { topk: 3 });
  // @ts-expect-error A document has a text.
  await desk.documents.put("a", { title: "t" });
  return found;
}
