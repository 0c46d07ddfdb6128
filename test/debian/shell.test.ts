/** bash and dash with coreutils: what a shell does with processes, pipes and descriptors. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the shell's dollars.
import { expect, test } from 'vitest';
import { bash, debian, describeDebian } from './image.ts';

describeDebian('bash', () => {
  test('a pipeline of coreutils', () => {
    expect(bash('seq 1 1000 | grep 7 | sort -rn | head -3 | tr 9 x; echo ${PIPESTATUS[@]}')).toBe(
      'xx7\nx87\nx7x\n0 0 0 0 0\n',
    );
    expect(bash('printf "%s\\n" b a c a | sort | uniq -c | awk \'{print $2 "=" $1}\' | paste -sd,')).toBe(
      'a=2,b=1,c=1\n',
    );
  });

  test('redirections: truncating, appending, duplicating, both streams, and a descriptor of one’s own', () => {
    const script = `cd /tmp
echo one > f; echo two >> f; cat < f
ls /nowhere 2> e; wc -l < e
{ echo out; echo err >&2; } > both 2>&1; cat both
exec 3<> f; read -u 3 first; echo "<$first>"; echo TWO >&3; exec 3>&-; cat f
set -o noclobber; echo x > f || echo kept; echo y >| f; cat f
ls /nowhere &> /dev/null; echo $?`;
    expect(bash(script, { stderr: 'bash: line 6: f: cannot overwrite existing file\n' })).toBe(
      'one\ntwo\n1\nout\nerr\n<one>\none\nTWO\nkept\ny\n2\n',
    );
  });

  test('subshells keep their changes to themselves; groups do not', () => {
    const script = `x=1; (x=2; cd /usr; echo $x $PWD); echo $x $PWD; { x=3; }; echo $x
echo $BASHPID-$$ | awk -F- '{print $1 == $2}'; (echo $BASHPID-$$) | awk -F- '{print $1 == $2}'
(exit 7); echo $?; echo $( (echo in; exit 3) ) $?`;
    expect(bash(script)).toBe('2 /usr\n1 /\n3\n0\n0\n7\nin 3\n');
  });

  test('background jobs, wait, wait -n and the status of each', () => {
    const script = `sleep 0.3 & a=$!; (sleep 0.1; exit 3) & b=$!; (sleep 0.2; exit 4) &
wait -n; echo "first $?"; wait -n; echo "second $?"; wait $a; echo "third $?"
wait; echo all $?; wait 99999 2> /dev/null; echo stranger $?`;
    expect(bash(script)).toBe('first 3\nsecond 4\nthird 0\nall 0\nstranger 127\n');
  });

  test('wait -n -p names the job that ended', () => {
    expect(
      bash(
        'sleep 9 & slow=$!; sleep 0.1 & fast=$!; wait -n -p who; [ $who = $fast ] && echo yes; kill $slow; wait $slow; echo $?',
      ),
    ).toBe('yes\n143\n');
  });

  test('traps: on a signal, on exit, on errors, and ignoring', () => {
    const script = `trap 'echo caught' USR1; trap 'echo bye' EXIT; trap 'echo failed' ERR; trap '' TERM
kill -USR1 $$; false; kill -TERM $$; echo alive; (trap - TERM; kill -TERM $BASHPID); echo $?
trap 'echo child gone' CHLD; set -m; sleep 0.01 & wait; trap - CHLD
trap -p USR1; exit 5`;
    expect(bash(script, { status: 5, stderr: 'Terminated\n' })).toBe(
      "caught\nfailed\nalive\nfailed\n143\nchild gone\ntrap -- 'echo caught' SIGUSR1\nbye\n",
    );
  });

  test('a trap interrupts wait, and the job goes on', () => {
    const script = `trap 'echo tick' ALRM; (sleep 0.2; exit 6) & job=$!
(sleep 0.05; kill -ALRM $$) &
wait $job; echo $?; wait $job; echo $?`;
    expect(bash(script)).toBe('tick\n142\n6\n');
  });

  test('here-documents and here-strings', () => {
    const script = `n=5; cat <<END
n is $n and $((n * 2)) and $(echo command)
END
cat <<'END'
$n stays
END
cat <<-END
	without tabs
	END
tr a-z A-Z <<< "a here-string"; head -c 100000 /dev/zero | tr '\\0' x | (read -r x; echo \${#x})`;
    expect(bash(script)).toBe('n is 5 and 10 and command\n$n stays\nwithout tabs\nA HERE-STRING\n100000\n');
  });

  test('process substitution in both directions', () => {
    const script = `paste -d: <(seq 1 3) <(seq 4 6); comm -12 <(sort <(echo b; echo a)) <(echo b)
seq 3 | tee >(sort -r > /tmp/r) > /tmp/f; sleep 0.1; cat /tmp/f /tmp/r | paste -sd' '
while read -r a b; do echo "$b-$a"; done < <(printf '1 2\\n3 4\\n')`;
    expect(bash(script)).toBe('1:4\n2:5\n3:6\nb\n1 2 3 3 2 1\n2-1\n4-3\n');
  });

  test('job control: stop, list, continue', () => {
    const script = `set -m; sleep 0.4 & kill -STOP %1; sleep 0.05; jobs; kill -CONT %1; sleep 0.05; jobs; wait %1; echo $?`;
    expect(bash(script)).toBe(
      '[1]+  Stopped                 sleep 0.4\n[1]+  Running                 sleep 0.4 &\n0\n',
    );
  });

  test('a coprocess answers', () => {
    const script =
      'coproc tr a-z A-Z; echo hello >&${COPROC[1]}; exec {w}>&${COPROC[1]}; eval "exec ${COPROC[1]}>&-"; exec {w}>&-; cat <&${COPROC[0]}; wait';
    expect(bash(script)).toBe('HELLO\n');
  });

  test('the statuses of what cannot run, and of what a signal ends', () => {
    const script = `nonesuch 2> /dev/null; echo $?; /etc/passwd 2> /dev/null; echo $?; { bash -c 'kill -SEGV $$'; } 2> /dev/null; echo $?
bash -c 'exit 300'; echo $?; ! true; echo $?; set -o pipefail; false | true; echo $?; yes | head -1 > /dev/null; echo \${PIPESTATUS[@]}`;
    expect(bash(script)).toBe('127\n126\n139\n44\n1\n1\n141 0\n');
  });

  test('timeout, nohup, xargs, env, nice and time', () => {
    const script = `timeout 0.1 sleep 5; echo $?; seq 6 | xargs -n 2 -P 3 echo | sort; env -i A=1 env
nice -n 5 nice; echo a b | xargs -n1 sh -c 'exit 1'; echo $?; nohup echo kept 2>&1`;
    expect(bash(script)).toBe('124\n1 2\n3 4\n5 6\nA=1\n5\n123\nkept\n');
  });

  test('limits of the shell hold', () => {
    const script = `(ulimit -n 10; exec 9< /etc/passwd; echo $?; exec 10< /etc/passwd) 2>&1 | tail -1 | grep -c descriptor
(ulimit -f 1; head -c 5000 /dev/zero > /tmp/big) 2> /dev/null; echo $?; stat -c %s /tmp/big; ulimit -u`;
    expect(bash(script)).toMatch(/^1\n153\n1024\n\d+\n$/);
  });
});

describeDebian('dash', () => {
  test('runs pipelines, traps and here-documents', () => {
    const script = `trap 'echo bye' EXIT; for i in 1 2 3; do echo $i; done | { s=0; while read n; do s=$((s + n)); done; echo $s; }
cat <<END | tr a-z A-Z
a here-document
END
sleep 0.05 & wait $!; echo $?; (exit 4) || echo $?; set -- a b c; shift; echo $# "$@"; exit 2`;
    const { stdout, stderr, status } = debian(['dash', '-c', script]);
    expect({ stdout, stderr, status }).toEqual({
      stdout: '6\nA HERE-DOCUMENT\n0\n4\n2 b c\nbye\n',
      stderr: '',
      status: 2,
    });
  });

  // dash reads a pipe in blocks, so that its own `read` finds nothing left, here as on Linux.
  test('reads a script from standard input', () => {
    const { stdout, status } = debian(['sh'], {
      stdin: 'echo one\nread line\n: a comment\necho "<$line>"\nexit 3\n',
    });
    expect({ stdout, status }).toEqual({ stdout: 'one\n<>\n', status: 3 });
  });
});
