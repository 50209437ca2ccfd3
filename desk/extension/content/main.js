// start() -> the page's text to the worker, its lines back, each marked; the side panel is told.
"use strict";
{
  const { extract, around, places, openMarks, status } = claimdesk;
  // The worker sleeps after 30 s in which nothing happens; an answer may take longer.
  const AWAKE_MS = 20_000;
  const MARKS = { closed: () => close(), options: () => send({ options: true }), again: () => claimdesk.start(...asked) };

  // Between two looks at a page that keeps changing: at least this long, and this many times as long
  // as the last look took.
  const SETTLE_MS = 300;
  const SETTLE_SHARE = 10;

  const panels = new Set();
  let asked = ["any"];
  let check = null;
  let view = null;
  let port = null;
  let awake = 0;

  const send = (message) => chrome.runtime.sendMessage(message).catch(() => undefined);
  const state = () => ({ state: check && { phase: check.phase, ...status(check) } });

  function tellPanels(...messages) {
    for (const panel of panels) for (const message of messages) panel.postMessage(message);
  }

  function changed() {
    view?.tell(status(check), check);
    tellPanels(state());
  }

  // Finds a statement in the page as it is now, by its words.
  function reader(what) {
    const found = extract(what);
    const place = places(found);
    let from = 0;
    return (statement) => {
      let at = found.text.indexOf(statement, from);
      if (at < 0) at = found.text.indexOf(statement);
      if (at < 0) return { ranges: [], block: null };
      from = at + statement.length;
      const start = Array.from(found.text.slice(0, at)).length;
      return place(start, start + Array.from(statement).length);
    };
  }

  let settling = 0;
  let took = 0; // ms
  function pageChanged() {
    if (settling || !view) return;
    const wait = Math.max(SETTLE_MS, SETTLE_SHARE * took);
    settling = setTimeout(() => {
      settling = 0;
      if (!view) return;
      const began = performance.now();
      const gone = view.settle(() => reader(check.what === "article" ? "article" : "page"));
      took = performance.now() - began;
      if (gone === check.gone) return;
      check.gone = gone;
      changed();
    }, wait);
  }
  const changes = new MutationObserver(pageChanged);

  function stop() {
    clearInterval(awake);
    port?.disconnect();
    port = null;
  }

  function close() {
    stop();
    changes.disconnect();
    view?.close();
    check = view = null;
    claimdesk.marks = null;
    send({ closed: true });
    tellPanels({ lines: [] }, state());
  }

  function failed(failure) {
    stop();
    Object.assign(check, { phase: "failed", failure });
    changed();
  }

  /**
   * Checks the page, in place of what was checked before.
   * @param {"any" | "selection" | "quote" | "article"} what any: the selection, if there is one.
   *   quote: its words are looked up as a quotation.
   * @param {string} given The selection, where it is not text of the page: in a frame, in a field.
   * @param {boolean} inPage Whether the selection may be text of the page.
   * @returns {boolean} Always true: without an answer something has gone wrong.
   */
  claimdesk.start = (what, given = "", inPage = true) => {
    stop();
    view?.close();
    asked = [what, given, inPage];
    let found = what === "article" || !inPage ? null : extract("selection");
    if (what === "any" && !found.text) found = null;
    const kind = what === "quote" ? what : what === "article" || (what === "any" && !found) ? "article" : "selection";
    if (kind === "article") found = extract("article");
    else if (!found?.text) found = { text: given.trim(), pieces: [], cut: false };
    const context = kind === "quote" && found.pieces.length ? around(found) : "";
    check = { phase: "running", what: kind, cut: found.cut, gone: 0, lines: [], summary: null, failure: null };
    claimdesk.marks = view = openMarks(MARKS);
    changes.observe(document, { childList: true, characterData: true, subtree: true });
    tellPanels({ lines: [] });
    if (!found.text) {
      check.phase = "empty";
      changed();
      return true;
    }
    changed();
    ask(found, context);
    return true;
  };

  function ask(found, context) {
    const place = found.pieces.length ? places(found) : () => ({ ranges: [], block: null });
    const [mine, opened] = [check, chrome.runtime.connect({ name: "check" })];
    port = opened;
    opened.onMessage.addListener(({ line, summary, failure }) => {
      if (check !== mine) return;
      if (failure) return failed(failure);
      if (summary) {
        stop();
        Object.assign(check, { phase: "done", summary });
      } else {
        check.lines.push(line);
        view.add(line, place(line.start, line.end));
        tellPanels({ line });
      }
      changed();
    });
    opened.onDisconnect.addListener(() => {
      if (check === mine && check.phase === "running") failed({ reason: "cut_off", detail: "the browser stopped the extension" });
    });
    awake = setInterval(() => opened.postMessage({}), AWAKE_MS);
    opened.postMessage({ text: found.text, what: check.what, context });
  }

  chrome.runtime.onConnect.addListener((panel) => {
    if (panel.name !== "panel") return;
    panels.add(panel);
    panel.onDisconnect.addListener(() => panels.delete(panel));
    panel.onMessage.addListener(({ reveal, close: closing }) => {
      if (closing) close();
      else view?.reveal(reveal);
    });
    panel.postMessage({ lines: check?.lines ?? [] });
    panel.postMessage(state());
  });
}
