/**
 * What a system does whose first process is our init: keys that are sent, and text that must appear before the next
 * ones. The same on this Linux (in a container of its own) and on our machine.
 */

interface Step {
  readonly send: string;
  readonly expect: string;
}

export interface InitCase {
  readonly name: string;
  /** /etc/inittab. */
  readonly table: string;
  readonly steps: readonly Step[];
  /** Must be in what is shown, in this order. */
  readonly inOrder: readonly string[];
}

const SHELL = 'console::respawn:-/bin/sh\n';

/** One that hears TERM and stays. */
const STUBBORN = `::once:sh -c "trap 'echo stubborn > /dev/console' TERM; while true; do sleep 0.2; done"\n`;

export const initCases: readonly InitCase[] = [
  {
    name: 'starts what the table says in its order, and a shell that comes again',
    table: `# what is first\n::sysinit:echo first > /tmp/made\n::wait:echo second >> /tmp/made\n${SHELL}`,
    steps: [
      { send: 'cat /tmp/made\n', expect: '\nfirst\nsecond\n' },
      { send: 'tty; echo $HOME $USER\n', expect: '/dev/console\n/root root\n' },
      { send: 'sleep 100\n', expect: 'sleep 100\n' },
      { send: '\x03', expect: '# ' },
      { send: 'exit\n', expect: '# ' },
      { send: 'echo again\n', expect: '\nagain\n' },
      { send: 'poweroff\n', expect: 'init: power off\n' },
    ],
    inOrder: ['asking all processes to end', 'power off'],
  },
  {
    name: 'adopts orphans and reaps them',
    table: SHELL,
    steps: [
      {
        send: "sh -c 'sleep 0.5 & echo $! > /tmp/pid'; sleep 0.1; ps\n",
        expect: '    1 S    00:00:00 sleep 0.5\n',
      },
      { send: 'sleep 1; kill -0 $(cat /tmp/pid) || echo gone\n', expect: '\ngone\n' },
      { send: 'halt\n', expect: 'init: the system halts\n' },
    ],
    inOrder: ['the system halts'],
  },
  {
    name: 'asks processes to end, ends those that stay, and runs the commands for the end before',
    table: `::once:/bin/sleep 1000\n${STUBBORN}${SHELL}::shutdown:echo leaving\n`,
    steps: [
      { send: 'echo here\n', expect: '\nhere\n' },
      { send: 'shutdown -h now\n', expect: 'init: power off\n' },
    ],
    inOrder: ['leaving', '(TERM)', 'stubborn', '(KILL)', 'power off'],
  },
  {
    name: 'reads its table anew, and says what it does not understand',
    table: `${SHELL}nonsense\n::sometimes:true\n`,
    steps: [
      { send: 'echo "::respawn:sleep 777" > /etc/inittab\n', expect: '# ' },
      { send: 'kill -HUP 1; sleep 0.3; ps\n', expect: 'sleep 777\n' },
      { send: 'reboot\n', expect: 'init: the system restarts\n' },
    ],
    inOrder: ['line 2: not id:', 'line 3: init knows no action sometimes', 'the system restarts'],
  },
];

/** Whether all the texts are there one behind the other. */
export function areInOrder(shown: string, texts: readonly string[]): boolean {
  let at = 0;
  return texts.every((text) => {
    const found = shown.indexOf(text, at);
    at = found + text.length;
    return found >= 0;
  });
}
