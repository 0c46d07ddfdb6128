/** The text of docs/support.md. A test compares it with the committed file. */
import { SYSCALL_NAMES } from '../src/abi/index.ts';
import type { Support, Syscall } from '../src/kernel/index.ts';
import { FAMILIES, SYSCALLS } from '../src/syscalls/index.ts';

const level = (support: Support): 'full' | 'partial' | 'refused' =>
  support === 'full' ? 'full' : 'partial' in support ? 'partial' : 'refused';

function note(support: Support): string {
  if (support === 'full') return '';
  return 'partial' in support ? support.partial : `${support.refused}: ${support.why}`;
}

/** What a table cell must not hold as it stands. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const rowText = ({ nr, name, support, errors }: Syscall): string =>
  `| ${nr} | \`${name}\` | ${level(support)} | ${cell(note(support))} | ${errors.join(' ')} |`;

function familyText(title: string, calls: readonly Syscall[]): string {
  const rows = [...calls].sort((a, b) => a.nr - b.nr).map(rowText);
  return `## ${title}\n\n| Number | Call | Support | What is missing, or why it is refused | Errors |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

const declared = FAMILIES.flatMap(({ calls }) => calls);
const count = (what: ReturnType<typeof level>): number =>
  declared.filter(({ support }) => level(support) === what).length;

/** Calls of riscv64 Linux without a declaration, by number. */
const undeclared = Object.entries(SYSCALL_NAMES)
  .map(([nr, name]) => ({ nr: Number(nr), name }))
  .filter(({ nr }) => SYSCALLS[nr] === undefined);

/** The whole page. */
export function supportText(): string {
  const total = declared.length + undeclared.length;
  const head = `# System calls

Generated from the declarations in \`src/syscalls\` by \`npm run support\`; a test holds it to them.

Of the ${total} system calls of riscv64 Linux 6.12, ${count('full')} are whole, ${count('partial')} lack something,
${count('refused')} are refused as a kernel without that feature refuses them, and ${undeclared.length} are not there yet: they
answer ENOSYS and leave an event \`unsupported\`.
`;
  const families = FAMILIES.map(({ title, calls }) => familyText(title, calls));
  const missing = undeclared.map(({ nr, name }) => `\`${name}\` (${nr})`).join(', ');
  return `${[head, ...families].join('\n')}\n## Not there yet\n\n${missing}\n`;
}
