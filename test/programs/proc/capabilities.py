# Prints what a task may do after changes of its user, its capabilities and its program.
import ctypes, os, shutil, socket, struct, sys, tempfile
work = tempfile.mkdtemp()
os.chmod(work, 0o755)
libc = ctypes.CDLL(None, use_errno=True)
def prctl(*a):
    r = libc.prctl(*[ctypes.c_ulong(x) for x in a]) if len(a)==5 else libc.prctl(*[ctypes.c_ulong(x) for x in (a+(0,)*(5-len(a)))])
    return r if r >= 0 else os.strerror(ctypes.get_errno())
def caps():
    d = dict(l.split(':\t') for l in open('/proc/self/status').read().splitlines() if l.startswith('Cap'))
    return ' '.join(d[k] for k in ('CapInh','CapPrm','CapEff','CapAmb'))
def child(title, fn):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try: print(title, fn())
        except OSError as e: print(title, 'error', os.strerror(e.errno))
        sys.stdout.flush(); os._exit(0)
    os.waitpid(pid, 0)
def attempt(fn):
    try: return fn()
    except OSError as e: return os.strerror(e.errno)
full = caps().split()[1]
def show(): return caps().replace(full, 'FULL')
child('root', show)
def f():
    os.setresuid(1000,1000,1000); return show(), attempt(lambda: os.setuid(0)), prctl(3)
child('setuid', f)
def f():
    os.setresuid(1000,1000,0); a=show(); os.setresuid(-1,0,-1); return a, show()
child('seteuid and back', f)
def f():
    prctl(8,1); os.setresuid(1000,1000,1000); return show(), prctl(7)
child('keepcaps', f)
def f():
    r=[prctl(23,7), prctl(24,7), prctl(23,7), prctl(23,99), prctl(24,99)]
    os.setresuid(1000,1000,1000); return r, prctl(24,3)
child('bounding', f)
def f():
    return prctl(47,2,13), prctl(47,1,13), prctl(47,4,0), prctl(47,9,1), prctl(28,1), prctl(27), prctl(28,2), prctl(28,0)
child('ambient and securebits', f)
def f():
    return prctl(30), prctl(29,1000), prctl(30), prctl(29,0), prctl(30), prctl(42), prctl(41,1), prctl(42), prctl(41,0,1), prctl(13), prctl(14,1), prctl(4,2), prctl(3)
child('slack', f)
class H(ctypes.Structure): _fields_=[('v',ctypes.c_uint32),('pid',ctypes.c_int)]
def capset(e,p,i):
    h=H(0x20080522,0); d=(ctypes.c_uint32*6)(e&0xffffffff,p&0xffffffff,i&0xffffffff,e>>32,p>>32,i>>32)
    r=libc.capset(ctypes.byref(h),d); return r if r==0 else os.strerror(ctypes.get_errno())
def f():
    r=[capset(0x20,0x27,0x24), show(), capset(0xff,0xff,0), prctl(47,2,2), prctl(47,2,7), prctl(47,1,2), show()]
    return r
child('capset', f)
def f():
    r=[capset(0x4,0x6,0)]
    open(work + '/secret','w').close()
    return r
child('dac', f)
def f():
    open(work + '/mine','w').write('x'); os.chmod(work + '/mine',0); os.chown(work + '/mine',7,7)
    r=[capset(0,0,0)]
    r+= [attempt(lambda: open(work + '/mine').read()), attempt(lambda: os.chmod(work + '/mine',0o777)), attempt(lambda: os.chown(work + '/mine',0,0)), attempt(lambda: os.kill(1,0)), attempt(lambda: os.setuid(5)), attempt(lambda: os.setgid(5)), attempt(lambda: os.chroot('/')), attempt(lambda: socket.sethostname('x')), attempt(lambda: os.nice(-1)), attempt(lambda: os.mknod(work + '/dev',0o20666,os.makedev(1,3)))]
    return r
child('no capabilities as root', f)
def f():
    open(work + '/mine','w').write('x'); os.chmod(work + '/mine',0); os.chown(work + '/mine',7,7)
    capset(1<<2,1<<2,0)
    return attempt(lambda: open(work + '/mine').read()), attempt(lambda: open(work + '/mine','w').write('z'))
child('CAP_DAC_READ_SEARCH alone', f)
# set-user-ID at exec
exe = work + '/tool'
shutil.copy('/usr/bin/cat', exe)
def run(title, mode, uid, gid, prep=lambda: None):
    os.chown(exe, uid, gid)
    os.chmod(exe, mode)
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        prep()
        os.dup2(w, 1)
        try: os.execv(exe, ['cat', '/proc/self/status'])
        except OSError as e: os.write(1, os.strerror(e.errno).encode())
        os._exit(0)
    os.close(w)
    text = b''
    while more := os.read(r, 65536): text += more
    os.close(r)
    os.waitpid(pid, 0)
    print(title, [l for l in text.decode('latin1').splitlines() if l.startswith(('Uid', 'Gid'))] or text)
def as1000():
    os.setresgid(1000, 1000, 1000)
    os.setresuid(1000, 1000, 1000)
run('plain', 0o755,0,0,as1000)
run('setuid root', 0o4755,0,0,as1000)
run('setgid', 0o2755,0,42,as1000)
run('setgid without x', 0o2745,0,42,as1000)
def nnp(): as1000(); prctl(38,1)
run('no new privileges', 0o4755,0,0,nnp)
run('setuid other', 0o4755,7,7,lambda: None)
def cat(title, mode, prep, xattr=None, arg='/proc/self/status'):
    os.chown(exe,0,0); os.chmod(exe,mode)
    if xattr: os.setxattr(exe,'security.capability',xattr)
    r,w=os.pipe(); sys.stdout.flush()
    pid=os.fork()
    if pid==0:
        prep(); os.dup2(w,1)
        try: os.execv(exe,['cat',arg])
        except OSError as e: os.write(1,os.strerror(e.errno).encode()); os._exit(0)
    os.close(w); t=b''
    while b:=os.read(r,65536): t+=b
    os.close(r); os.waitpid(pid,0)
    lines=t.decode('latin1').splitlines()
    print(title, [l.replace(full,'FULL') for l in lines if l.startswith('Cap') and 'Bnd' not in l] or lines)
def amb(): 
    capset(int(full,16),int(full,16),1<<10); prctl(47,2,10); prctl(8,1); 
    os.setresuid(1000,1000,1000); capset(1<<10,1<<10,1<<10); prctl(47,2,10)
cat('exec as user',0o755,as1000)
cat('ambient over exec',0o755,amb)
cat('setuid root exec',0o4755,as1000)
def noroot(): prctl(28,1)
cat('noroot exec',0o755,noroot)
v2=struct.pack('<IIIII',0x02000001,1<<10,0,0,0)
cat('file capabilities',0o755,as1000,v2)
cat('file capabilities for root',0o755,lambda: None,v2)
v2b=struct.pack('<IIIII',0x02000001,1<<10|1<<7,0,0,0)
def drop(): prctl(24,7); as1000()
cat('file capabilities out of bounds',0o755,drop,v2b)
shutil.rmtree(work)
