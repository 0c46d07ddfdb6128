import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { normal } from '/tmp/ts/strace/test/strace/normal.ts';
import { goldenOf, programs } from '/tmp/ts/strace/test/strace/programs.ts';
import { traceOf } from '/tmp/ts/strace/test/strace/trace-of.ts';
test('x', () => {
  let out='';
  for (const name of programs()) {
    if (process.env.ONLY && process.env.ONLY!==name) continue;
    let ours=''; try { ours=traceOf(name);} catch(e:any){ out+='ERROR '+e.message+'\n'; }
    writeFileSync(`/tmp/ts/strace-work/golden/${name}.ours`, ours);
    writeFileSync('/tmp/ts/strace-work/a.txt',normal(readFileSync(goldenOf(name),'utf8')).join('\n')+'\n'); writeFileSync('/tmp/ts/strace-work/b.txt',normal(ours).join('\n')+'\n');
    const d=spawnSync('diff',['-U0','/tmp/ts/strace-work/a.txt','/tmp/ts/strace-work/b.txt'],{encoding:'utf8'}).stdout.split('\n').filter(l=>!/^(---|\+\+\+) \/|^@@/.test(l)).map(l=>l.slice(0,500));
    out+=`== ${name} ${d.length}\n${d.join('\n')}\n`;
  }
  writeFileSync('/tmp/ts/strace-work/out.txt', out);
}, 300000);
