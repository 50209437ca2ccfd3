// Verdicts with their places -> marks on the page's text, a sign beside each, a card, a bar. The
// page's own tree gains one element, whose insides the page cannot see, and loses it on closing.
"use strict";
{
  const { h, icon, verdictOf, heading, details, tally } = claimdesk;
  const SIGN = 22; // px
  const SMALL = 14; // px
  const GAP = 6; // px between a sign and its text, or the card and its statement
  const EDGE = 12; // px between the card and the window
  const MOST_RETURNS = 5; // to a page that takes the host away
  const TONES = ["supports", "refutes", "conflict", "open", "none"];

  /**
   * Puts nothing on the page but an empty host, until it is told what to show.
   * @param {{closed: () => void, options: () => void, again: () => void}} on
   */
  claimdesk.openMarks = (on) => {
    const host = h("claimdesk-marks");
    // No rule of the page is stronger than this.
    for (const [name, value] of [["display", "block"], ["position", "absolute"]]) {
      host.style.setProperty(name, value, "important");
    }
    const root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(claimdesk.style);
    root.adoptedStyleSheets = [sheet];
    document.documentElement.append(host);

    const signs = h("div");
    const bar = h("section", { class: "bar", popover: "manual", "aria-label": "claimdesk" });
    const card = h("section", { class: "card", popover: "manual", role: "dialog" });
    root.append(signs, bar, card);
    bar.showPopover();

    const highlights = new Map(TONES.map((tone) => [tone, new Highlight()]));
    for (const [tone, highlight] of highlights) CSS.highlights.set(`claimdesk-${tone}`, highlight);
    const shownRanges = new Highlight();
    shownRanges.priority = 1;
    CSS.highlights.set("claimdesk-shown", shownRanges);

    const marks = new Map(); // index of a statement -> {line, tone, sign, ranges, text, block, clippers}
    let shown = null;
    let returns = MOST_RETURNS;

    function add(line, { ranges, block }) {
      const { word, tone, shape = tone } = verdictOf(line);
      const sign = h("button", { class: "sign", type: "button", "data-tone": tone, "aria-expanded": "false", "aria-label": `${word}: ${line.statement}`, title: word, onclick: () => (shown === mark ? hide(true) : show(mark, true)) }, icon(shape));
      const mark = { line, tone, sign, ranges: [] };
      marks.set(line.index, mark);
      anchor(mark, { ranges, block });
      if (!ranges.length) return;
      mark.text = textOf(mark);
      // In the order of the text, for those who go from one to the next by keyboard.
      const next = [...marks.values()].filter((other) => other.ranges.length && other.line.start > line.start)
        .sort((a, b) => a.line.start - b.line.start)[0];
      signs.insertBefore(sign, next?.sign ?? null);
      place();
    }

    const textOf = ({ ranges }) => ranges.map(String).join("");
    const isLost = (mark) => mark.text !== undefined && textOf(mark) !== mark.text;

    function anchor(mark, { ranges, block }) {
      const highlight = highlights.get(mark.tone);
      for (const range of mark.ranges) highlight.delete(range);
      for (const range of ranges) highlight.add(range);
      Object.assign(mark, { ranges, block, clippers: block ? clippersOf(block) : [] });
      if (shown === mark) light();
    }

    function light() {
      shownRanges.clear();
      for (const range of shown?.ranges ?? []) shownRanges.add(range);
    }

    /**
     * Statements whose text the page has written anew, or taken away, are looked for once more.
     * @param {() => (statement: string) => {ranges: Range[], block: Element | null}} read
     * @returns {number} How many do not stand in the page any longer.
     */
    function settle(read) {
      const lost = [...marks.values()].filter(isLost);
      if (lost.length) {
        const find = read();
        for (const mark of lost) {
          const found = find(mark.line.statement);
          anchor(mark, found);
          if (found.ranges.length) mark.text = textOf(mark);
        }
      }
      if (!host.isConnected && returns-- > 0) {
        document.documentElement.append(host);
        bar.showPopover();
        if (shown) card.showPopover();
      }
      place();
      return lost.filter(({ ranges }) => !ranges.length).length;
    }

    const firstRect = (mark) => mark.ranges[0]?.getClientRects()[0];

    // Elements between a paragraph and the page that cut off what does not fit.
    function clippersOf(block) {
      const found = [];
      for (let above = block; above && above !== document.body; above = above.assignedSlot ?? above.parentNode ?? above.host) {
        if (above instanceof Element && getComputedStyle(above).overflow !== "visible") found.push(above);
      }
      return found;
    }

    // Scrolled out of a frame within the page, or under the page's own header.
    function isCovered({ block, clippers }, { left, top, width, height, bottom }) {
      for (const clipper of clippers) {
        const box = clipper.getBoundingClientRect();
        if (bottom <= box.top || top >= box.bottom) return true;
      }
      if (bottom < 0 || top > innerHeight || getComputedStyle(block).pointerEvents === "none") return false;
      const tree = block.getRootNode();
      const there = tree.elementFromPoint(left + Math.min(2, width / 2), top + height / 2);
      return there !== null && there !== host && there !== tree.host && !block.contains(there);
    }

    // Beside the first line of each statement, outside its paragraph where there is room.
    function layOut() {
      const origin = host.getBoundingClientRect();
      const width = document.documentElement.clientWidth;
      const taken = [];
      const bySign = new Map([...marks.values()].map((mark) => [mark.sign, mark]));
      // From the last one on: of two that begin in one line the first then stands first.
      for (const sign of [...signs.children].reverse()) {
        const mark = bySign.get(sign);
        const rect = firstRect(mark);
        sign.hidden = !rect || !mark.block?.isConnected || isCovered(mark, rect);
        if (sign.hidden) continue;
        const { direction, paddingLeft, paddingRight } = getComputedStyle(mark.block);
        const box = mark.block.getBoundingClientRect();
        const isLtr = direction === "ltr";
        const outside = isLtr ? box.left + parseFloat(paddingLeft) - SIGN - GAP : box.right - parseFloat(paddingRight) + GAP;
        // Without a margin a small one stands over the first letter, and covers none.
        const isSmall = isLtr ? outside < 2 : outside > width - SIGN - 2;
        sign.classList.toggle("small", isSmall);
        let x = isSmall ? (isLtr ? rect.left - GAP : rect.right - SMALL + GAP) : outside;
        let y = isSmall ? rect.top - SMALL + 4 : rect.top + (rect.height - SIGN) / 2;
        if (!isSmall) {
          const isTaken = () => taken.some((other) => Math.abs(other.x - x) < SIGN && Math.abs(other.y - y) < SIGN - 2);
          while (isTaken() && x >= SIGN && x < width - 2 * SIGN) x += isLtr ? -SIGN - 2 : SIGN + 2;
          while (isTaken()) y += SIGN;
          taken.push({ x, y });
        }
        x = Math.min(Math.max(x - origin.left, 0), width - (isSmall ? SMALL : SIGN) - origin.left);
        sign.style.translate = `${x}px ${Math.max(0, y - origin.top)}px`;
      }
      if (shown) placeCard();
    }

    function placeCard() {
      const rects = shown.ranges.flatMap((range) => [...range.getClientRects()]);
      const { width, height } = card.getBoundingClientRect();
      const [wide, high] = [document.documentElement.clientWidth, innerHeight];
      const first = rects[0] ?? { left: wide, top: EDGE };
      const last = rects[rects.length - 1] ?? { bottom: EDGE };
      const below = last.bottom + GAP;
      const above = first.top - GAP - height;
      const top = below + height <= high - EDGE ? below : above >= EDGE ? above : high - EDGE - height;
      card.style.left = `${Math.max(EDGE, Math.min(first.left, wide - width - EDGE))}px`;
      card.style.top = `${Math.max(EDGE, top)}px`;
    }

    function show(mark, focus) {
      if (shown) shown.sign.setAttribute("aria-expanded", "false");
      shown = mark;
      mark.sign.setAttribute("aria-expanded", "true");
      light();
      const { word, tone } = verdictOf(mark.line);
      const close = h("button", { class: "close", type: "button", "aria-label": "Close", onclick: () => hide(true) }, icon("refutes"));
      card.dataset.tone = tone;
      card.setAttribute("aria-label", word);
      card.replaceChildren(
        h("header", {}, heading(mark.line), close),
        h("div", { class: "body" }, h("p", { class: "statement", dir: "auto" }, mark.line.statement), details(mark.line)),
      );
      card.showPopover();
      card.scrollTop = 0;
      placeCard();
      if (focus) close.focus({ preventScroll: true });
    }

    function hide(focus) {
      if (!shown) return;
      const { sign } = shown;
      sign.setAttribute("aria-expanded", "false");
      shown = null;
      light();
      card.hidePopover();
      if (focus) sign.focus({ preventScroll: true });
    }

    function tell({ title, advice, options }, { phase, lines, failure }) {
      bar.replaceChildren(
        h("h2", { class: phase === "running" && "working", role: "status" }, h("span", {}, title), h("button", { class: "close", type: "button", "aria-label": "Close and remove all marks", onclick: on.closed }, icon("refutes"))),
        ...(lines.length ? [tally(lines)] : []),
        ...(advice ? [h("p", { class: "advice" }, advice)] : []),
        ...(options || failure ? [h("p", { class: "actions" }, h("button", { type: "button", onclick: on.again }, "Check again"), options && h("button", { type: "button", onclick: on.options }, "Settings"))] : []),
      );
    }

    let planned = 0;
    function place() {
      planned ||= requestAnimationFrame(() => {
        planned = 0;
        if (host.isConnected) layOut();
      });
    }

    // A click on marked text opens its card; one on a link, or to select, does what it always did.
    function click(event) {
      if (event.composedPath().includes(host) || !getSelection().isCollapsed) return;
      if (event.composedPath().some((node) => node.matches?.("a, button, input, label, summary, [role=button]"))) return;
      const { clientX: x, clientY: y } = event;
      const isHit = ({ left, right, top, bottom }) => left <= x && x <= right && top <= y && y <= bottom;
      const hit = [...marks.values()].find(({ ranges }) => ranges.some((range) => [...range.getClientRects()].some(isHit)));
      if (hit) show(hit, false);
      else hide(false);
    }
    function key(event) {
      if (event.key !== "Escape" || !shown) return;
      event.stopPropagation();
      hide(true);
    }
    const left = new AbortController();
    const { signal } = left;
    addEventListener("click", click, { signal, capture: true });
    addEventListener("keydown", key, { signal, capture: true });
    addEventListener("scroll", place, { signal, capture: true, passive: true });
    addEventListener("resize", place, { signal, passive: true });
    const sizes = new ResizeObserver(place);
    sizes.observe(document.documentElement);
    if (document.body) sizes.observe(document.body);
    // What is done in the card is not the page's.
    for (const type of ["click", "keydown", "keyup", "keypress", "mousedown", "mouseup", "pointerdown", "pointerup", "wheel"]) {
      root.addEventListener(type, (event) => event.stopPropagation(), { signal, passive: true });
    }

    function close() {
      left.abort();
      sizes.disconnect();
      cancelAnimationFrame(planned);
      for (const tone of [...TONES, "shown"]) CSS.highlights.delete(`claimdesk-${tone}`);
      host.remove();
    }

    /** Brings a statement into view and opens its card. @param {number} index */
    function reveal(index) {
      const mark = marks.get(index);
      if (!mark?.ranges.length) return;
      mark.block?.scrollIntoView({ block: "center" });
      layOut();
      show(mark, false);
    }

    return { root, marks, add, settle, tell, reveal, close };
  };
}
