// A text on the page -> parts of it wrapped one by one, without drawing the rest again.

export class MarkedText {
  #pieces; // text nodes in order, each with where it starts, in UTF-16 units
  #units; // where each code point starts, or null where that is its own number

  constructor(element, text) {
    const node = document.createTextNode(text);
    element.replaceChildren(node);
    this.#pieces = [{ node, start: 0 }];
    this.#units = /[\ud800-\udbff]/.test(text) ? unitsOf(text) : null;
  }

  // Puts the code points from start to end into the wrapper, which takes their place.
  wrap(start, end, wrapper) {
    const [from, to] = this.#units ? [this.#units[start], this.#units[end]] : [start, end];
    const at = this.#pieces.findLastIndex((piece) => piece.start <= from);
    const piece = this.#pieces[at];
    const middle = piece.node.splitText(from - piece.start);
    const after = middle.splitText(to - from);
    middle.replaceWith(wrapper);
    wrapper.append(middle);
    this.#pieces.splice(at + 1, 0, { node: middle, start: from }, { node: after, start: to });
  }
}

function unitsOf(text) {
  const starts = [];
  let unit = 0;
  for (const character of text) {
    starts.push(unit);
    unit += character.length;
  }
  starts.push(unit);
  return starts;
}
