/** What pam-auth-update writes: /etc/pam.d/common-* from the templates and the packages' profiles. man 8 pam-auth-update. */

/** The templates of libpam-runtime, named for the kind of their lines. */
const SERVICES = ['auth', 'account', 'password', 'session', 'session-noninteractive'] as const;

interface Profile {
  readonly name: string;
  readonly priority: number;
  readonly fields: ReadonlyMap<string, string>;
}

/** Texts by path. `profiles` are those of /usr/share/pam-configs; `template` reads from /usr/share/pam. */
export function pamFiles(
  profiles: readonly string[],
  template: (name: string) => string,
): { readonly path: string; readonly text: string }[] {
  const enabled = profiles
    .map(parseProfile)
    .filter(({ fields }) => fields.get('Default') === 'yes')
    .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
  return SERVICES.flatMap((service) => {
    const name = `common-${service}`;
    const text = template(name);
    const kind = service.replace(/-.*/, '');
    const block = (type: 'Primary' | 'Additional') => blockOf(kind, type, enabled);
    const filled = text
      .replace(`$${kind}_primary`, () => block('Primary'))
      .replace(`$${kind}_additional`, () => block('Additional'));
    return text === '' ? [] : [{ path: `/etc/pam.d/${name}`, text: filled }];
  });
}

/** Fields as `Name: value`, or with their values on the indented lines that follow. */
function parseProfile(text: string): Profile {
  const fields = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)/gm))
    fields.set(name!, value!.trim());
  return { name: fields.get('Name') ?? '', priority: Number(fields.get('Priority') ?? 0), fields };
}

/** The first of the primary modules has its -Initial form; `end` jumps over the primary ones that follow. */
function blockOf(kind: string, type: string, profiles: readonly Profile[]): string {
  const field = kind[0]!.toUpperCase() + kind.slice(1);
  const chosen = profiles.filter(({ fields }) => fields.get(`${field}-Type`) === type);
  const lines = chosen.flatMap(({ fields }, i) => {
    const text = (i === 0 ? fields.get(`${field}-Initial`) : undefined) ?? fields.get(field) ?? '';
    return text.split('\n').map((line) => line.trim());
  });
  // Nothing to ask: over the denial that follows.
  if (lines.length === 0 && type === 'Primary') lines.push('[default=end]\tpam_permit.so');
  return lines.map((line, i) => `${kind}\t${line.replace('=end', `=${lines.length - i}`)}`).join('\n');
}
