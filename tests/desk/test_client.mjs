// The JavaScript client against a service (CLAIMDESK_URL, over three articles of tests/conftest.py)
// and against a server that misbehaves. Run by test_client.py.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { Claimdesk, ClaimdeskError, codePoints } from "../../desk/client/claimdesk.js";
import { halves, parts } from "../../desk/client/long.js";

const URL_OF_SERVICE = process.env.CLAIMDESK_URL;
const desk = new Claimdesk(`${URL_OF_SERVICE}/`);
const TRUE = "The bridge cost 48 million euros";
const FALSE = "The bridge cost 71 million euros";

/** @param {AsyncIterable<any>} lines */
async function all(lines) {
  const found = [];
  for await (const line of lines) found.push(line);
  return found;
}

test("one claim, with filters", async () => {
  const answer = await desk.verify(FALSE, { top_k: 1, filters: { publisher: ["tribune"] } });
  assert.equal(answer.verdict, "REFUTED");
  assert.equal(answer.evidence.length, 1);
  assert.equal(answer.evidence[0].document.id, "b");
  const before2000 = await desk.verify(TRUE, { as_of: "1999-12-31" });
  assert.equal(before2000.reason, "no_documents");
});

test("a batch, in which a bad claim fails alone", async () => {
  const lines = await all(desk.verifyBatch([TRUE, "", FALSE]));
  const by = Object.fromEntries(lines.map((line) => [line.index, line]));
  assert.equal(by[0].verdict, "SUPPORTED");
  assert.equal(by[1].error.status, 422);
  assert.equal(by[2].verdict, "REFUTED");
});

test("an article, with offsets in code points", async () => {
  const text = `😀 News. ${FALSE}. It opened in May. Isn't it beautiful?`;
  const [first, second, last] = await all(desk.check({ text }));
  assert.equal(codePoints(text, first.start, first.end), first.statement);
  assert.equal(first.verdict, "REFUTED");
  assert.ok(second.refers_back);
  assert.equal(last.summary.statements, 2);
  const html = await all(desk.check({ html: `<article><p>${TRUE}.</p><p>More.</p></article>` }));
  assert.ok(html[0].text.startsWith(TRUE));
});

test("an article of any length, in parts", async () => {
  const short = Array.from({ length: 230 }, () => `${TRUE}.`).join(" ");
  const text = `${FALSE}. 😀 Is it?\n\n${"Perhaps so. ".repeat(2_000)}\n\n${short}\n\nHe said “${TRUE}, and more.”`;
  const lines = await all(desk.checkLong(text, { top_k: 1 }));
  const { summary, request_id } = lines.pop();
  assert.equal(summary.statements, lines.length);
  assert.ok(lines.length >= 231);
  assert.equal(summary.verdicts.REFUTED + summary.verdicts.SUPPORTED, lines.length);
  assert.ok(request_id);
  assert.deepEqual(new Set(lines.map(({ index }) => index)).size, lines.length);
  for (const line of lines) {
    assert.equal(codePoints(text, line.start, line.end), line.statement);
    for (const { start, end, text: words } of line.quotations) assert.equal(codePoints(text, start, end), words);
  }
  const [nothing] = await all(desk.checkLong(" \n\n "));
  assert.deepEqual([nothing.summary.statements, nothing.summary.message], [0, "nothing to check"]);
  await assert.rejects(all(desk.checkLong("x", { as_of: "soon" })), { status: 422 });
});

test("parts are the text, and break no character", () => {
  for (const text of ["", "a\n\nb", "😀".repeat(30_001), "One. Two! Three?\n\n".repeat(4_000), `${"x".repeat(50_000)}. Y.`]) {
    const found = parts(text);
    assert.equal(found.join(""), text);
    assert.ok(found.every((part) => part.length <= 20_000 && part.isWellFormed?.() !== false));
  }
  assert.equal(halves("One sentence alone"), null);
  assert.equal(halves("One. Two.").join(""), "One. Two.");
});

test("a search, publishers, info", async () => {
  const found = await desk.search("bridge", { mode: "lexical", top_k: 1 });
  assert.equal(found.results[0].document.id, "b");
  assert.deepEqual((await desk.publishers()).map(({ name }) => name).sort(), ["Tribune", "Wire"]);
  assert.equal((await desk.info()).documents, 3);
});

test("a quotation, in the archive and not", async () => {
  const found = await desk.quotes("the bridge cost 48 million euros");
  assert.equal(found.result, "verbatim");
  assert.equal(found.matches[0].document.id, "b");
  const other = await desk.quotes("I never said anything of that kind", { speaker: "Ada Marlow" });
  assert.equal(other.result, "not_found");
});

test("documents are put, read, listed and deleted", async () => {
  const id = "new/ä b?#%.md";
  const document = { text: "The ferry sails at noon.", title: "<b>Ferry</b>", published_at: "2024-01-02" };
  assert.equal((await desk.documents.put(id, document)).status, "added");
  const { title, published_at } = await desk.documents.get(id);
  assert.deepEqual({ title, published_at }, { title: "<b>Ferry</b>", published_at: "2024-01-02" });
  const ids = (await all(desk.documents.list())).map((item) => item.id);
  assert.deepEqual(ids, ["a", "b", "c", id]);
  assert.equal(await desk.documents.delete(id), undefined);
  await assert.rejects(desk.documents.get(id), { name: "ClaimdeskError", status: 404 });
  assert.throws(() => desk.documents.get("a/../b"), TypeError);
});

test("a refusal says what, why, and under which id", async () => {
  const error = await desk.verify("").then(assert.fail, (refusal) => refusal);
  assert.ok(error instanceof ClaimdeskError);
  assert.deepEqual([error.reason, error.status], ["problem", 422]);
  assert.match(error.detail, /^claim: /);
  assert.match(error.requestId, /^\w{32}$/);
  assert.equal(error.message, `${error.title}: ${error.detail}`);
});

test("an iterator that is left cancels the request", async () => {
  for await (const line of desk.verifyBatch(Array(50).fill(TRUE))) {
    assert.equal(line.verdict, "SUPPORTED");
    break;
  }
  assert.equal((await desk.info()).documents, 3);
});

/** @type {{ method: string, url: string, headers: any, body: string }[]} */
let asked = [];
/** @type {(request: any, response: any, count: number) => void} */
let answer;
/** @type {string} */
let url;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  asked.push({ method: request.method, url: request.url, headers: request.headers, body });
  answer(request, response, asked.length);
});
before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** @param {typeof answer} how @param {object} [options] */
function answering(how, options) {
  asked = [];
  answer = how;
  return new Claimdesk(url, options);
}

const problem = (response, status, headers = {}) => {
  response.writeHead(status, { "Content-Type": "application/problem+json", ...headers });
  response.end(JSON.stringify({ title: "No", status, detail: "not now", request_id: "r1" }));
};

test("the key is sent, and nothing else that tells who asks", async () => {
  const client = answering((_, response) => response.end("{}"), { key: "secret" });
  await client.info();
  assert.equal(asked[0].headers.authorization, "Bearer secret");
  assert.equal(asked[0].headers.cookie, undefined);
});

test("busy: the same request again, after the wait that the service asks for", async () => {
  const started = performance.now();
  const client = answering((_, response, count) => {
    if (count === 1) problem(response, 503, { "Retry-After": "1" });
    else if (count === 2) problem(response, 429, { "Retry-After": new Date().toUTCString() });
    else response.end('{"verdict": "SUPPORTED"}');
  });
  assert.equal((await client.verify("x")).verdict, "SUPPORTED");
  assert.ok(performance.now() - started >= 1000);
  assert.equal(asked.length, 3);
  assert.equal(new Set(asked.map(({ body }) => body)).size, 1);
});

test("a wait above the cap, a last retry and other errors are thrown at once", async () => {
  const long = answering((_, response) => problem(response, 429, { "Retry-After": "3600" }));
  await assert.rejects(long.verify("x"), { status: 429, retryAfterMs: 3_600_000, requestId: "r1" });
  assert.equal(asked.length, 1);
  const often = answering((_, response) => problem(response, 503, { "Retry-After": "0" }));
  await assert.rejects(often.verify("x"), { status: 503, detail: "not now" });
  assert.equal(asked.length, 3);
  const broken = answering((_, response) => problem(response, 500));
  await assert.rejects(broken.verify("x"), { status: 500 });
  assert.equal(asked.length, 1);
});

test("a service that is away, and one that is another", async () => {
  const nobody = new Claimdesk("http://127.0.0.1:9", { retries: 0 });
  await assert.rejects(nobody.info(), { reason: "unreachable", status: 0 });
  const page = answering((_, response) => response.end("<h1>Router</h1>"));
  await assert.rejects(page.info(), { reason: "not_claimdesk" });
  const proxy = answering((_, response) => response.writeHead(502).end("<h1>Bad gateway</h1>"));
  await assert.rejects(proxy.info(), { reason: "problem", status: 502, title: "HTTP 502" });
  const moved = answering((_, response) => response.writeHead(302, { Location: "/x" }).end(), { retries: 0 });
  await assert.rejects(moved.info(), { reason: "unreachable" });
  assert.throws(() => new Claimdesk("file:///etc/passwd"), TypeError);
  assert.throws(() => new Claimdesk("http://127.0.0.1:8000", { key: "cd_…" }), /the key holds/);
});

test("an answer that is late, or stops to come", async () => {
  const silent = answering(() => {}, { timeoutMs: 100 });
  await assert.rejects(silent.verify("x"), { reason: "timeout" });
  const stalled = answering((_, response) => response.write('{"index": 0}\n'), { timeoutMs: 100 });
  const lines = stalled.verifyBatch(["x", "y"]);
  assert.equal((await lines.next()).value.index, 0);
  await assert.rejects(lines.next(), { reason: "timeout" });
});

test("a caller who takes his time is not late", async () => {
  const client = answering((_, response) => {
    response.write('{"index": 0}\n');
    setTimeout(() => response.end('{"index": 1}\n'), 50);
  }, { timeoutMs: 150 });
  for await (const line of client.verifyBatch(["x", "y"])) {
    if (line.index === 0) await new Promise((resolve) => setTimeout(resolve, 300));
  }
});

test("a signal stops a request, an answer and a wait", async () => {
  const silent = answering(() => {});
  await assert.rejects(silent.verify("x", { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  const controller = new AbortController();
  const stream = answering((_, response) => response.write('{"index": 0}\n'));
  const lines = stream.check({ text: "x" }, { signal: controller.signal });
  await lines.next();
  controller.abort(new Error("enough"));
  await assert.rejects(lines.next(), { message: "enough" });
  const busy = answering((_, response) => problem(response, 503, { "Retry-After": "20" }));
  await assert.rejects(busy.verify("x", { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  await assert.rejects(busy.verify("x", { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("half an answer is an error, wherever it ends", async () => {
  const ends = {
    "no sum": (response) => response.end('{"index": 0}\n'),
    "nothing": (response) => response.end(),
    "half a line": (response) => response.end('{"index": 0}\n{"summary": {'),
    "a broken connection": (response) => {
      response.write('{"index": 0}\n');
      setTimeout(() => response.destroy(), 20);
    },
  };
  for (const [how, end] of Object.entries(ends)) {
    const check = answering((_, response) => end(response));
    await assert.rejects(all(check.check({ text: "x" })), { reason: "cut_off" }, how);
    const batch = answering((_, response) => end(response));
    await assert.rejects(all(batch.verifyBatch(["x", "y"])), { reason: "cut_off" }, how);
    assert.equal(asked.length, 1, "nothing is sent again once an answer has begun");
  }
  const json = answering((_, response) => {
    response.writeHead(200, { "Content-Length": "100" });
    response.write("{");
    setTimeout(() => response.destroy(), 20);
  });
  await assert.rejects(json.info(), { reason: "cut_off" });
  const stopping = { status: 503, title: "Stopping", detail: "the service stops", request_id: "r2" };
  const told = answering((_, response) => response.end(`{"index": 0}\n${JSON.stringify({ error: stopping })}\n`));
  await assert.rejects(all(told.check({ text: "x" })), { reason: "problem", status: 503, requestId: "r2" });
});

test("characters that are cut between two parts of an answer", async () => {
  const bytes = Buffer.from('{"index": 0, "claim": "Öl – 😀"}\n{"summary": {}}\n');
  const client = answering(async (_, response) => {
    for (const byte of bytes) {
      response.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  const [line] = await all(client.check({ text: "x" }));
  assert.equal(line.claim, "Öl – 😀");
});
