// How card, bar and signs look: shared by the page's shadow tree and the side panel. Lengths are in
// pixels, for a page may set another size of type.
"use strict";
globalThis.claimdesk ??= {};
claimdesk.style = `
:host, :root {
  --cd-paper: #fffefb; --cd-ink: #1c1b19; --cd-soft: #5a564e; --cd-rule: #d9d3c6; --cd-edge: #8b857a; --cd-link: #1f4e79;
  --cd-supports: #17653a; --cd-refutes: #a3221c; --cd-conflict: #80540a; --cd-open: #4c5563; --cd-none: #5a564e;
  --cd-supports-wash: #e3f1e5; --cd-refutes-wash: #fbe6e1; --cd-conflict-wash: #f8ecd0; --cd-open-wash: #e9ebee; --cd-none-wash: #eeebe4;
  --cd-deciding: #fbeaa4; --cd-deciding-ink: #1c1b19;
  --cd-serif: "Newsreader", "Iowan Old Style", Palatino, Georgia, "Noto Serif", "DejaVu Serif", serif;
  --cd-sans: "Libre Franklin", "Franklin Gothic Medium", system-ui, "Noto Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :host, :root {
    --cd-paper: #1d1f22; --cd-ink: #ece8df; --cd-soft: #aca79b; --cd-rule: #383a3d; --cd-edge: #7d7a72; --cd-link: #9cc4ec;
    --cd-supports: #7fcf9c; --cd-refutes: #ff9f95; --cd-conflict: #e8b863; --cd-open: #b3bccb; --cd-none: #aca79b;
    --cd-supports-wash: #1d3527; --cd-refutes-wash: #46211f; --cd-conflict-wash: #3e3115; --cd-open-wash: #2c3138; --cd-none-wash: #2b2b2b;
    --cd-deciding: #5c4d12; --cd-deciding-ink: #fff8dc;
  }
}
:host { all: initial !important; direction: ltr !important; unicode-bidi: isolate !important; position: absolute !important; inset: 0 auto auto 0 !important; display: block !important;
  width: 0 !important; height: 0 !important; color-scheme: light dark !important; z-index: 2147483646 !important; }
@media print { :host { display: none !important; } }
*, ::before, ::after { box-sizing: border-box; }
h2, p, ul, blockquote { margin: 0; padding: 0; }
ul { list-style: none; }
svg { width: 14px; height: 14px; flex: none; fill: none; stroke: currentColor; stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
a { color: var(--cd-link); }
button { font: 600 13px/1.2 var(--cd-sans); color: var(--cd-ink); background: none; border: 1px solid var(--cd-edge); border-radius: 3px; padding: 7px 11px; cursor: pointer; }
button:hover { border-color: var(--cd-ink); }
:focus-visible { outline: 3px solid var(--cd-link); outline-offset: 1px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[data-tone="supports"] { --cd-tone: var(--cd-supports); --cd-wash: var(--cd-supports-wash); }
[data-tone="refutes"] { --cd-tone: var(--cd-refutes); --cd-wash: var(--cd-refutes-wash); }
[data-tone="conflict"] { --cd-tone: var(--cd-conflict); --cd-wash: var(--cd-conflict-wash); }
[data-tone="open"] { --cd-tone: var(--cd-open); --cd-wash: var(--cd-open-wash); }
[data-tone="none"] { --cd-tone: var(--cd-none); --cd-wash: var(--cd-none-wash); }

[hidden] { display: none !important; }
.sign { position: absolute; display: grid; place-items: center; width: 22px; height: 22px; padding: 0; border: 1.5px solid var(--cd-tone); border-radius: 50%; background: var(--cd-wash); color: var(--cd-tone); }
.sign:hover, .sign[aria-expanded="true"] { background: var(--cd-tone); color: var(--cd-paper); border-color: var(--cd-tone); }
.sign svg { width: 12px; height: 12px; }
.sign.small { width: 14px; height: 14px; border-width: 1px; }
.sign.small svg { width: 8px; height: 8px; stroke-width: 3; }

.card, .bar { position: fixed; inset: auto; margin: 0; padding: 0; border: 1px solid var(--cd-edge); border-radius: 5px; background: var(--cd-paper); color: var(--cd-ink); text-align: start; box-shadow: 0 1px 3px rgb(0 0 0 / 18%), 0 12px 36px rgb(0 0 0 / 22%); }
.card { width: min(420px, calc(100vw - 24px)); max-height: min(520px, calc(100vh - 24px)); overflow: hidden auto; overscroll-behavior: contain; border-top: 4px solid var(--cd-tone); font: 15px/1.45 var(--cd-serif); overflow-wrap: anywhere; }
.card header { position: sticky; top: 0; display: flex; align-items: center; gap: 8px; padding: 10px 10px 10px 16px; background: var(--cd-paper); border-bottom: 1px solid var(--cd-rule); }
.card header .verdict { flex: 1; font-size: 15px; }
.card .body { padding: 12px 16px 16px; }
.close { border: 0; padding: 6px; display: grid; }

.verdict { display: inline-flex; align-items: center; gap: 7px; color: var(--cd-tone); font-family: var(--cd-sans); }
.chance { color: var(--cd-soft); font-weight: 400; font-size: 0.87em; white-space: nowrap; }
.statement { font-size: 17px; line-height: 1.35; margin-bottom: 10px; }
.note { font: 13px/1.45 var(--cd-sans); color: var(--cd-soft); margin-top: 6px; }
.note bdi, .note q { color: var(--cd-ink); }
.parts { margin-top: 8px; display: grid; gap: 4px; font-size: 14px; }
.parts .verdict { font-size: 12px; }
.evidence { margin-top: 14px; padding-top: 12px; border-top: 1px solid var(--cd-rule); }
.source { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; font: 12px/1.4 var(--cd-sans); color: var(--cd-soft); }
.stance { display: inline-flex; align-items: center; gap: 5px; padding: 1px 8px 1px 6px; border-radius: 9px; background: var(--cd-wash); color: var(--cd-tone); font-weight: 600; }
.stance svg { width: 11px; height: 11px; }
.title { font-weight: 600; font-size: 15px; line-height: 1.3; margin: 4px 0; }
blockquote { font-size: 14px; line-height: 1.5; }
blockquote + blockquote { margin-top: 6px; }
mark { background: var(--cd-deciding); color: var(--cd-deciding-ink); padding: 1px 0; }
.diff { font-size: 15px; line-height: 1.5; margin: 6px 0 8px; }
ins, del { text-decoration-thickness: 2px; padding: 0 1px; }
ins { color: var(--cd-supports); text-decoration: underline 2px; text-underline-offset: 2px; }
del { color: var(--cd-refutes); }
.quotations { margin-top: 16px; padding-top: 12px; border-top: 1px solid var(--cd-rule); }
.quotations h3 { margin: 0 0 8px; font: 650 13px/1.3 var(--cd-sans); }
.quotations .verdict { font-size: 13px; }
.differences { margin-top: 6px; font: 13px/1.5 var(--cd-sans); }
.differences q { font-weight: 600; }
details { margin-top: 14px; }
summary { font: 13px/1.4 var(--cd-sans); color: var(--cd-link); cursor: pointer; }

.bar { right: 16px; bottom: 16px; width: min(340px, calc(100vw - 32px)); padding: 12px 14px; font: 13px/1.45 var(--cd-sans); }
.bar h2 { display: flex; align-items: center; gap: 8px; font: 650 14px/1.3 var(--cd-sans); }
.bar h2 span { flex: 1; }
.bar .advice { margin-top: 4px; color: var(--cd-soft); overflow-wrap: anywhere; }
.bar .actions { margin-top: 10px; display: flex; gap: 8px; }
.tally { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 9px; }
.tally li { position: relative; display: inline-flex; align-items: center; gap: 5px; padding: 2px 9px 2px 7px; border-radius: 11px; background: var(--cd-wash); color: var(--cd-tone); font: 600 13px/1.4 var(--cd-sans); font-variant-numeric: tabular-nums; }
.tally svg { width: 12px; height: 12px; }
.working::before { content: ""; width: 12px; height: 12px; flex: none; border: 2px solid var(--cd-rule); border-top-color: var(--cd-ink); border-radius: 50%; animation: turn 0.9s linear infinite; }
@keyframes turn { to { rotate: 1turn; } }
@media (prefers-reduced-motion: reduce) { .working::before { animation: none; } }
@media (forced-colors: active) { .sign, .stance, .tally li, .card, .bar { border: 1px solid CanvasText; } }
`;
