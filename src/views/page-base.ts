/** What all pages have in common: colours for light and dark, type, headings. */
export const PAGE_BASE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6673; --line: #d5dae0; --paper: #fff; --band: #f4f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --soft: #9aa5b1; --line: #39424d; --paper: #14181d; --band: #1d232a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; color: var(--soft); }
code { font-family: ui-monospace, monospace; }
`;
