// A page -> the text of its article, or of what is selected in it, and where each piece of it is.
"use strict";
{
  // Characters of the text that is checked: some 15,000 words.
  const MAX_CHARS = 100_000;
  // Paragraphs before a quotation that may name its speaker, and characters of them and what follows.
  const BEFORE = 3;
  const MAX_CONTEXT = 10_000;
  // Nodes that are looked at, and characters that are collected, to find the article in a page.
  const MAX_NODES = 200_000;
  const MAX_COLLECTED = 1_000_000;
  // Share of a page's running text from which an element holds the article.
  const ARTICLE_SHARE = 0.75;
  // Elements above a paragraph that may be the article.
  const MAX_CLIMB = 200;

  const NO_TEXT = new Set(
    ("script style noscript template textarea select button input svg math canvas iframe object video " +
      "audio img picture head title s strike del rt rp").split(" "),
  );
  const BESIDE = new Set("nav aside footer dialog figcaption".split(" "));
  const BESIDE_ROLES = new Set(
    "navigation complementary contentinfo banner search dialog alert menu toolbar tablist".split(" "),
  );
  const BESIDE_NAMES =
    /(?:^|[\s_-])(?:ads?|advert\w*|sponsor\w*|promo\w*|related|recommend\w*|newsletter|comments?|share|sharing|social|cookies?|consent|sidebar|breadcrumbs?|trending|teasers?|byline|caption)(?=$|[\s_-])/i;
  const INLINE = /^(?:inline|contents|ruby)/;
  const DROPPED = /[\u00AD\u200B\u2060\uFEFF]+|\s+/g;
  const ENDS = /[.!?…。؟][\s"”’'»)\]]*$/;

  const shadowOf = (element) => {
    try {
      return chrome.dom.openOrClosedShadowRoot(element);
    } catch {
      return null; // not of HTML
    }
  };

  // What is shown of an element, in the order in which it is shown.
  function shownChildren(element) {
    const shadow = shadowOf(element);
    if (shadow) return shadow.childNodes;
    if (element.localName !== "slot") return element.childNodes;
    const assigned = element.assignedNodes();
    return assigned.length ? assigned : element.childNodes;
  }

  const shownParent = (node) => {
    const parent = node.assignedSlot ?? node.parentNode;
    return parent instanceof ShadowRoot ? parent.host : parent;
  };

  function isBeside(element) {
    if (BESIDE.has(element.localName) || element.ariaHidden === "true") return true;
    if (BESIDE_ROLES.has(element.getAttribute("role"))) return true;
    // Names of the page as a whole say how it looks ("has-sidebar"), not what it is.
    if (element === document.body || element.localName === "main" || element.localName === "article") return false;
    return BESIDE_NAMES.test(`${element.id} ${element.getAttribute("class") ?? ""}`);
  }

  // Paragraphs in the order of the page: {element, text, pieces, linked}. `takes` says which part
  // of a text node counts, as [from, to], or null.
  function paragraphs(takes, all) {
    const found = [];
    let open = null;
    let seen = 0;
    let collected = 0;
    let links = 0;
    const finish = () => {
      if (open?.text.trim()) found.push(open);
      open = null;
    };
    const todo = [{ node: document.body, enter: true }];
    while (todo.length) {
      const { node, enter, isBlock } = todo.pop();
      if (!enter) {
        if (node.localName === "a") links--;
        if (isBlock) finish();
        continue;
      }
      if (++seen > MAX_NODES || collected > MAX_COLLECTED) {
        finish();
        return { found, cut: true };
      }
      if (node.nodeType === Node.TEXT_NODE) {
        const part = takes(node);
        if (!part) continue;
        open ??= { element: blockOf(node), text: "", pieces: [], linked: 0 };
        const before = open.text.length;
        write(open, node, ...part);
        collected += open.text.length - before;
        if (links) open.linked += open.text.length - before;
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        if (node.localName === "br") {
          if (open) open.text += "\n";
          continue;
        }
        if (NO_TEXT.has(node.localName) || node.localName === "claimdesk-marks" || (!all && isBeside(node))) continue;
        const { display, visibility, float } = getComputedStyle(node);
        if (display === "none" || (visibility !== "visible" && !node.childElementCount)) continue;
        const block = !INLINE.test(display) && !isInitial(node, float);
        if (block) finish();
        if (node.localName === "a") links++;
        todo.push({ node, enter: false, isBlock: block });
        const children = shownChildren(node);
        for (let at = children.length - 1; at >= 0; at--) todo.push({ node: children[at], enter: true });
      }
    }
    return { found, cut: false };
  }

  // A large first letter.
  const isInitial = (element, float) => float !== "none" && element.textContent.trim().length <= 2;

  function blockOf(node) {
    for (let element = shownParent(node); ; element = shownParent(element)) {
      const { display, float } = getComputedStyle(element);
      if (element === document.body || !(INLINE.test(display) || isInitial(element, float))) return element;
    }
  }

  // Adds node.data[from, to] to a paragraph: runs of white space as one, what is never seen left out.
  function write(paragraph, node, from, to) {
    const piece = (start, end) => {
      if (start === end) return;
      paragraph.pieces.push({ node, from: start, at: paragraph.text.length, length: end - start });
      paragraph.text += node.data.slice(start, end).replace(/\s/g, " ");
    };
    let start = from;
    DROPPED.lastIndex = from;
    for (let match; (match = DROPPED.exec(node.data)) && match.index < to; ) {
      const isSpace = /\s/.test(match[0]);
      const end = Math.min(DROPPED.lastIndex, to);
      if (isSpace && end - match.index === 1 && match.index > start) continue;
      piece(start, match.index);
      if (isSpace && paragraph.text && !/\s$/.test(paragraph.text)) piece(match.index, match.index + 1);
      start = end;
    }
    piece(start, to);
  }

  // The innermost element that holds nearly all of the running text.
  function articleOf(found) {
    const weights = new Map();
    let whole = 0;
    for (const { element, text, linked } of found) {
      if (linked > 0.4 * text.length || text.length < 40 || !(text.length > 100 || ENDS.test(text))) continue;
      whole += text.length;
      let above = element;
      for (let level = 0; above && above !== document && level < MAX_CLIMB; level++) {
        weights.set(above, (weights.get(above) ?? 0) + text.length);
        above = shownParent(above);
      }
    }
    if (!whole) return null;
    const chain = [...weights.keys()].filter((element) => weights.get(element) >= ARTICLE_SHARE * whole);
    const outer = new Set(chain.map(shownParent));
    return chain.find((element) => !outer.has(element)) ?? document.body;
  }

  function isWithin(node, element) {
    for (let above = node, level = 0; above && level < MAX_CLIMB; above = shownParent(above), level++) {
      if (above === element) return true;
    }
    return false;
  }

  // Which part of a text node is selected.
  function selectedPart() {
    const selection = getSelection();
    if (!selection?.rangeCount) return null;
    const shadowRoots = [];
    const look = (root) => {
      for (const element of root.querySelectorAll("*")) {
        const shadow = shadowOf(element);
        if (shadow) {
          shadowRoots.push(shadow);
          look(shadow);
        }
      }
    };
    look(document);
    const { startContainer, startOffset, endContainer, endOffset, collapsed } =
      selection.getComposedRanges?.({ shadowRoots })[0] ?? selection.getRangeAt(0);
    if (collapsed) return null;
    // Both ends in the tree that holds both.
    let root = startContainer.getRootNode();
    while (!(root === document || inTree(endContainer, root))) root = root.host.getRootNode();
    const range = document.createRange();
    const [startsIn, endsIn] = [inTree(startContainer, root), inTree(endContainer, root)];
    if (startsIn === startContainer) range.setStart(startsIn, startOffset);
    else range.setStartBefore(startsIn);
    if (endsIn === endContainer) range.setEnd(endsIn, endOffset);
    else range.setEndAfter(endsIn);
    const isIn = (node) => {
      const here = inTree(node, root);
      if (!here || !range.intersectsNode(here)) return false;
      if (here === node) return true;
      // In a shadow tree: that of an end is selected from there or up to there, others as a whole.
      const { DOCUMENT_POSITION_PRECEDING: before, DOCUMENT_POSITION_FOLLOWING: after } = Node;
      const own = node.getRootNode();
      if (own === startContainer.getRootNode() && startContainer.compareDocumentPosition(node) & before) return false;
      if (own === endContainer.getRootNode() && endContainer.compareDocumentPosition(node) & after) return false;
      const whole = document.createRange();
      whole.selectNode(here);
      return (
        range.compareBoundaryPoints(Range.START_TO_START, whole) <= 0 &&
        range.compareBoundaryPoints(Range.END_TO_END, whole) >= 0
      );
    };
    return (node) => {
      if (!isIn(node)) return null;
      const from = node === startContainer ? startOffset : 0;
      const to = node === endContainer ? endOffset : node.data.length;
      return from < to ? [from, to] : null;
    };
  }

  // The node, or the host that stands for it, in a tree; null where that tree does not hold it.
  function inTree(node, root) {
    let here = node;
    while (here && here.getRootNode() !== root) here = here.getRootNode().host;
    return here ?? null;
  }

  const allOf = (node) => [0, node.data.length];

  /**
   * The text to check, as paragraphs with blank lines between them.
   * @param {"selection" | "article" | "page"} what page: all of its text.
   * @returns {{text: string, pieces: object[], cut: boolean}} Each piece says which part of which
   *   text node stands at which UTF-16 offset of the text. cut: it is not all of it.
   */
  claimdesk.extract = (what) => {
    const takes = what === "selection" ? selectedPart() : allOf;
    if (!takes || !document.body) return { text: "", pieces: [], cut: false };
    let { found, cut } = paragraphs(takes, what !== "article");
    if (what === "article") {
      const article = articleOf(found);
      if (!article) return { text: "", pieces: [], cut };
      found = found.filter(
        ({ element, text, linked }) => linked <= 0.6 * text.length && isWithin(element, article),
      );
    }
    let whole = "";
    const pieces = [];
    for (const { element, text, pieces: own } of found) {
      const before = whole ? whole.length + 2 : 0;
      if (before + text.length > MAX_CHARS) {
        cut = true;
        break;
      }
      whole += (whole ? "\n\n" : "") + text;
      for (const piece of own) pieces.push({ ...piece, at: before + piece.at, block: element });
    }
    return { text: whole, pieces, cut };
  };

  /**
   * The paragraphs of a selection with those before and after it, which may say whose words it is.
   * @param {{pieces: object[]}} found What `extract` has of the selection.
   */
  claimdesk.around = ({ pieces }) => {
    const own = new Set(pieces.map(({ block }) => block));
    const all = paragraphs(allOf, true).found;
    const here = all.flatMap(({ element }, at) => (own.has(element) ? [at] : []));
    if (!here.length) return "";
    const near = all.slice(Math.max(0, here[0] - BEFORE), here[here.length - 1] + 2).map(({ text }) => text);
    let text = near.join("\n\n");
    while (text.length > MAX_CONTEXT && near.length > 1) {
      near.shift();
      text = near.join("\n\n");
    }
    return text.slice(0, MAX_CONTEXT);
  };

  /**
   * What maps code points of an extracted text to ranges in the page, one for each text node.
   * @returns {(start: number, end: number) => {ranges: Range[], block: Element | null}} No ranges
   *   where the page has changed since.
   */
  claimdesk.places = ({ text, pieces }) => {
    const units = [];
    for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) units.push(at);
    units.push(text.length);
    return (start, end) => {
      const [from, to] = [units[start], units[end]];
      const ranges = [];
      let block = null;
      let low = 0;
      for (let high = pieces.length; low < high; ) {
        const middle = (low + high) >> 1;
        if (pieces[middle].at + pieces[middle].length <= from) low = middle + 1;
        else high = middle;
      }
      for (; low < pieces.length && pieces[low].at < to; low++) {
        const { node, from: offset, at, length, block: own } = pieces[low];
        const [first, last] = [Math.max(from, at), Math.min(to, at + length)];
        const [here, there] = [offset + first - at, offset + last - at];
        if (!node.isConnected || node.data.slice(here, there).replace(/\s/g, " ") !== text.slice(first, last)) {
          return { ranges: [], block: null };
        }
        const before = ranges[ranges.length - 1];
        if (before?.endContainer === node) before.setEnd(node, there);
        else {
          const range = document.createRange();
          range.setStart(node, here);
          range.setEnd(node, there);
          ranges.push(range);
        }
        block ??= own;
      }
      return { ranges, block };
    };
  };
}
