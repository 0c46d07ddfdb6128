/** Calls on the machine that are answered as by a kernel built without what they are for. */
import { CAP } from '../abi/index.ts';
import { capable, type Syscall, syscall } from '../kernel/index.ts';
import { hangUp } from '../vfs/index.ts';

const WITHOUT = (option: string) => `as a kernel built without ${option}`;

/** Number, name, why. */
const ABSENT: readonly (readonly [nr: number, name: string, why: string])[] = [
  [89, 'acct', WITHOUT('CONFIG_BSD_PROCESS_ACCT')],
  [104, 'kexec_load', WITHOUT('CONFIG_KEXEC')],
  [105, 'init_module', WITHOUT('CONFIG_MODULES')],
  [106, 'delete_module', WITHOUT('CONFIG_MODULES')],
  [116, 'syslog', WITHOUT('CONFIG_PRINTK')],
  [217, 'add_key', WITHOUT('CONFIG_KEYS')],
  [218, 'request_key', WITHOUT('CONFIG_KEYS')],
  [219, 'keyctl', WITHOUT('CONFIG_KEYS')],
  [224, 'swapon', WITHOUT('CONFIG_SWAP')],
  [225, 'swapoff', WITHOUT('CONFIG_SWAP')],
  [273, 'finit_module', WITHOUT('CONFIG_MODULES')],
  [294, 'kexec_file_load', WITHOUT('CONFIG_KEXEC_FILE')],
  [426, 'io_uring_enter', WITHOUT('CONFIG_IO_URING')],
  [427, 'io_uring_register', WITHOUT('CONFIG_IO_URING')],
  [444, 'landlock_create_ruleset', WITHOUT('CONFIG_SECURITY_LANDLOCK')],
  [445, 'landlock_add_rule', WITHOUT('CONFIG_SECURITY_LANDLOCK')],
  [446, 'landlock_restrict_self', WITHOUT('CONFIG_SECURITY_LANDLOCK')],
  [459, 'lsm_get_self_attr', WITHOUT('CONFIG_SECURITY')],
  [460, 'lsm_set_self_attr', WITHOUT('CONFIG_SECURITY')],
  [461, 'lsm_list_modules', WITHOUT('CONFIG_SECURITY')],
];

const absent = ABSENT.map(([nr, name, why]) =>
  syscall({
    nr,
    name,
    args: [],
    errors: ['ENOSYS'],
    interrupted: 'never blocks',
    support: { refused: 'ENOSYS', why },
    run: () => 'ENOSYS',
  }),
) as readonly unknown[] as readonly Syscall[];

export const vhangup = syscall({
  nr: 58,
  name: 'vhangup',
  args: [],
  errors: ['EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k) {
    if (!capable(k, CAP.CAP_SYS_TTY_CONFIG)) return 'EPERM';
    if (k.group.tty !== 0) hangUp(k.vfs, k.group.tty, 'line');
    return 0;
  },
});

export const REFUSED_SYSTEM_CALLS = [vhangup, ...absent];
