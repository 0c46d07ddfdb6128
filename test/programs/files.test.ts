/** Programs about files: mount(8), inotifywait, setfattr, tar, cpio, rsync, git, make, sqlite3, busybox. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the shell's dollars.
import { expect, test } from 'vitest';
import { bash, describeDebian } from '../debian/image.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('files');
const machine = { memory: 512 * 2 ** 20 };

/** What a script prints, its errors among it. */
const says = (script: string): string => bash(`exec 2>&1; ${script}`, { image, machine });

describeDebian(
  'programs about files',
  () => {
    test('mount, findmnt and umount: bounds, binding, moving, flags, what is busy', () => {
      const script = `mkdir -p /m/a /m/b /m/c; mount -t tmpfs -o size=1M,nosuid,mode=750 small /m/a
findmnt -n -o TARGET,SOURCE,FSTYPE,OPTIONS /m/a; df --output=size,used,target /m/a | tail -1
head -c 2M /dev/zero > /m/a/f; stat -c %s /m/a/f; stat -f -c '%T %b %f' /m/a
mount --bind /etc /m/b; test -f /m/b/passwd && echo bound; mount -o remount,bind,ro /m/b; touch /m/b/x
mount --move /m/b /m/c; findmnt -n -o TARGET,VFS-OPTIONS /m/c; mountpoint /m/b
cd /m/a; umount /m/a; cd /; umount /m/a /m/c; mountpoint /m/a; umount /m/a
mount -t tmpfs -o noexec t /m/a; cp /bin/true /m/a; /m/a/true; mount -o remount,exec /m/a; /m/a/true && echo runs
mount --make-shared /m/a; findmnt -n -o PROPAGATION /m/a; umount -l /m/a; findmnt /m/a || echo none
mount -t nosuchfs x /m/a 2> /dev/null || echo refused; mount -t proc p /m/b && test -d /m/b/self && echo proc`;
      expect(says(script)).toBe(
        [
          '/m/a small tmpfs rw,nosuid,relatime,size=1024k,mode=750',
          '     1024     0 /m/a',
          "head: error writing 'standard output': No space left on device",
          '1048576',
          'tmpfs 256 0',
          'bound',
          "touch: cannot touch '/m/b/x': Read-only file system",
          '/m/c ro,relatime',
          '/m/b is not a mountpoint',
          'umount: /m/a: target is busy.',
          '/m/a is not a mountpoint',
          'umount: /m/a: not mounted.',
          'bash: line 7: /m/a/true: Permission denied',
          'runs',
          'shared',
          'none',
          'refused',
          'proc',
          '',
        ].join('\n'),
      );
    });

    test('inotifywait and inotifywatch hear what happens', () => {
      const script = `mkdir -p /w/in; cd /w; inotifywait -m -r -q --format '%w%f %e' /w > /log & sleep 1
echo text > in/new; mv in/new in/old; cat in/old > /dev/null; chmod 600 in/old; mkdir in/deep; sleep 1
touch in/deep/f; rm -r in; sleep 1; kill %1; wait; cat /log`;
      const lines = says(script).trimEnd().split('\n');
      expect(lines.filter((line) => !line.includes('Terminated'))).toEqual([
        '/w/in/new CREATE',
        '/w/in/new OPEN',
        '/w/in/new MODIFY',
        '/w/in/new CLOSE_WRITE,CLOSE',
        '/w/in/new MOVED_FROM',
        '/w/in/old MOVED_TO',
        '/w/in/old OPEN',
        '/w/in/old ACCESS',
        '/w/in/old CLOSE_NOWRITE,CLOSE',
        '/w/in/old ATTRIB',
        '/w/in/deep CREATE,ISDIR',
        expect.stringContaining('/w/in/deep'),
        ...lines.slice(12),
      ]);
      expect(lines).toContain('/w/in/deep/f CREATE');
      expect(lines).toContain('/w/in/ DELETE_SELF');
    });

    test('attributes of users are kept, copied and listed; access control lists are refused', () => {
      const script = `cd /tmp; echo x > f; setfattr -n user.one -v 1 f; setfattr -n user.two -v 0x0001 f; getfattr -d -e hex f
cp --preserve=xattr f g; getfattr -n user.one --only-values g; echo; setfattr -x user.one f; getfattr -n user.one f
setfattr -n system.posix_acl_access -v x f; setfattr -n user.long -v $(head -c 70000 /dev/zero | tr '\\0' a) f
getfacl -c f; setfacl -m u:5:r f; tar --xattrs -cf x.tar g; rm g; tar --xattrs -xf x.tar; getfattr --only-values -n user.two g | od -An -tx1`;
      const text = says(script);
      expect(text).toContain(
        '# file: f\nuser.one=0x31\nuser.two=0x0001\n\n1\nf: user.one: No such attribute\n',
      );
      expect(text).toContain('setfattr: f: Operation not supported\n');
      expect(text).toContain(
        'user::rw-\ngroup::r--\nother::r--\n\nsetfacl: f: Operation not supported\n 00 01\n',
      );
    });

    test('cp, mv, ln, install, truncate, shred and dd leave what they should', () => {
      const script = `cd /tmp; truncate -s 1M holes; printf end >> holes; cp --sparse=auto holes copy; stat -c '%s %b' copy
cp --reflink=auto copy plain; test "$(sha1sum < copy)" = "$(sha1sum < plain)" && echo equal; cp --reflink=always copy no || true
dd if=/dev/zero of=d bs=4k seek=3 count=1 conv=notrunc oflag=direct status=none; stat -c '%s %b' d
mkdir -p x/y; echo 1 > x/y/f; mv x /dev/shm/x; cat /dev/shm/x/y/f; ln /dev/shm/x/y/f here; ln -s /dev/shm/x/y/f here; cat here
install -D -m 4711 -o 5 -g 6 d a/b/c; stat -c '%a %u %g' a/b/c; chown 7 a/b/c; stat -c %a a/b/c
mkdir -m 2775 group; chgrp 9 group; touch group/f; mkdir group/d; stat -c '%g %a' group/f group/d
fallocate -l 64K space; stat -c '%s %b' space; fallocate -p -o 4096 -l 8192 space; stat -c '%s %b' space
shred -u -n 1 copy; ls copy; mktemp -u | wc -c; chattr +i d; flock d -c 'flock -n d true || echo held'`;
      expect(says(script)).toBe(
        [
          '1048579 8',
          'equal',
          "cp: failed to clone 'no' from 'copy': Inappropriate ioctl for device",
          '16384 8',
          '1',
          "ln: failed to create hard link 'here' => '/dev/shm/x/y/f': Invalid cross-device link",
          '1',
          '4711 5 6',
          '711',
          '9 644',
          '9 2755',
          '65536 128',
          '65536 112',
          "ls: cannot access 'copy': No such file or directory",
          '20',
          'bash: line 8: chattr: command not found',
          'held',
          '',
        ].join('\n'),
      );
    });

    test('trees go through tar, cpio and rsync unchanged', () => {
      const script = `cd /tmp; mkdir -p tree/sub; seq 1000 > tree/a; ln tree/a tree/hard; ln -s a tree/soft; mkfifo tree/pipe; chmod 640 tree/a; touch -d 2001-02-03 tree/sub
mknod tree/null c 1 3; sum() { (cd $1; find . -printf '%p %y %m %s %l %n\\n' | grep -v ' d ' | sort | sha256sum); }; a=$(sum tree)
tar cf t.tar tree; mkdir out; tar xf t.tar -C out; test "$a" = "$(sum out/tree)" && echo tar; stat -c %y out/tree/sub
mkdir cp; (cd tree; find . | cpio -o --quiet -H newc) | (cd cp; cpio -i -d --quiet); test "$a" = "$(sum cp)" && echo cpio
rsync -aH tree/ rs/; test "$a" = "$(sum rs)" && echo rsync; echo more >> tree/a; rsync -aHi tree/ rs/; rsync -aH --delete --exclude=a tree/sub/ rs/; ls rs`;
      expect(says(script)).toBe(
        'tar\n2001-02-03 00:00:00.000000000 +0000\ncpio\nrsync\n>f.s....... a\nhf.s....... hard => a\na\n',
      );
    });

    test('git keeps history, packs it and clones it', () => {
      const script = `git init -q -b main /r; cd /r; git config user.email a@b.c; git config user.name n; for i in 1 2 3; do seq $i 300 > f$i; git add .; git commit -qm c$i; done
git gc -q; git fsck --strict; git log --oneline | wc -l; git clone -q /r /c; cd /c; git config user.email a@b.c; git config user.name n; git diff --stat HEAD~1 | tail -1; git checkout -q -b side; echo x >> f1; git commit -qam side; git push -q origin side; git -C /r branch --list | wc -l; git status --short | wc -l`;
      expect(says(script)).toBe('3\n 1 file changed, 298 insertions(+)\n2\n0\n');
    });

    test('sqlite3 with a write-ahead log and memory-mapped reading, from two processes', () => {
      const script = `cd /tmp; sqlite3 db 'pragma journal_mode=wal; pragma mmap_size=8388608; create table t(a,b)' ; for j in 1 2; do (for i in $(seq 20); do sqlite3 -cmd '.timeout 20000' db "insert into t values($i,'$j')"; done) & done; wait
sqlite3 db 'select count(*),sum(a) from t; pragma integrity_check; pragma wal_checkpoint(truncate);'; ls db*`;
      expect(says(script)).toBe('wal\n8388608\n40|420\nok\n0|0|0\ndb\n');
    });

    test('make and busybox do their work', () => {
      const script = `cd /tmp; printf 'all: b\\n%%.o: %%.c\\n\\tcp $< $@\\nb: x.o y.o\\n\\tcat $^ > $@\\n' > Makefile; echo 1 > x.c; echo 2 > y.c; make -s -j2; cat b; make; sleep 1; echo 3 > y.c; make -s; cat b
busybox find /etc -name 'pass*' | sort; busybox tar cf - b | busybox tar tvf - | cut -c1-10; busybox stat -c %a b; busybox ls -ld /tmp | cut -c1-10; busybox df /tmp | wc -l; busybox mount | grep -c ' / '`;
      expect(says(script)).toBe(
        "1\n2\nmake: Nothing to be done for 'all'.\n1\n3\n/etc/passwd\n-rw-r--r--\n644\ndrwxrwxrwt\n2\n1\n",
      );
    });
  },
  image,
);
