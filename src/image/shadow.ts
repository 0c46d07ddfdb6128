/** Passwords apart from the accounts, as pwconv moves them. man 5 shadow */

/** The texts of passwd and shadow. No password has a date, so that none lies in the future of a machine's clock. */
export function shadowOf(accounts: string): { readonly passwd: string; readonly shadow: string } {
  const rows = accounts.split('\n').flatMap((line) => (line ? [line.split(':')] : []));
  const moved = rows.map(([name, , ...rest]) => [name, 'x', ...rest]);
  const shadow = rows.map(([name, password = '*']) => {
    const kept = password === 'x' ? '*' : password;
    return `${name}:${kept}::0:99999:7:::\n`;
  });
  return { passwd: moved.map((row) => `${row.join(':')}\n`).join(''), shadow: shadow.join('') };
}
