"""Small programs, each of which prints what the system answers: the same on any file system that keeps POSIX.

Run as `semantics.py NAME` in an empty folder, as root; `--list` prints the names.
"""
import ctypes
import errno
import fcntl
import mmap
import os
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

NOBODY = 65534
PROGRAMS = {}
libc = ctypes.CDLL(None, use_errno=True)


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def attempt(what, call, *arguments, **named):
    """Prints the result of a call, or its errno."""
    try:
        result = call(*arguments, **named)
    except OSError as e:
        print(what, errno.errorcode[e.errno])
        return None
    print(what, result if result is not None else "done")
    return result


def write(path, data=b"", mode=0o666):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    os.write(fd, data)
    os.close(fd)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def shown(path):
    s = os.lstat(path)
    return f"{stat.filemode(s.st_mode)} {s.st_uid}:{s.st_gid} links={s.st_nlink} size={s.st_size}"


def link_open(fd, name):
    """Gives an open file a name."""
    if libc.linkat(-100, f"/proc/self/fd/{fd}".encode(), -100, name.encode(), 0x400) < 0:
        raise OSError(ctypes.get_errno(), "linkat")


def as_nobody(function, *arguments, groups=(NOBODY,)):
    """Runs a function as another user, in another process."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.setgroups(list(groups))
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        try:
            function(*arguments)
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(child, 0)


@program
def umask():
    for mask in 0o000, 0o022, 0o077, 0o777:
        os.umask(mask)
        write(f"file{mask:o}", mode=0o6777)
        os.mkdir(f"dir{mask:o}", 0o1777)
        os.mkfifo(f"fifo{mask:o}", 0o666)
        for kind in "file", "dir", "fifo":
            print(kind, oct(mask), stat.filemode(os.stat(f"{kind}{mask:o}").st_mode))


@program
def set_group_id_directory():
    os.umask(0)
    os.mkdir("d")
    os.chown("d", -1, 1234)
    os.chmod("d", 0o2777)
    write("d/file")
    os.mkdir("d/sub", 0o755)
    os.symlink("x", "d/link")
    os.mkfifo("d/fifo")
    fd = os.open("d", os.O_TMPFILE | os.O_WRONLY, 0o600)
    link_open(fd, "d/tmp")
    for name in "file", "sub", "link", "fifo", "tmp":
        print(name, shown(f"d/{name}"))
    as_nobody(lambda: (write("d/theirs", mode=0o2775), print("theirs", shown("d/theirs"))))


@program
def names():
    for length in 1, 254, 255, 256, 300:
        attempt(f"{length} bytes", write, "n" * length)
    attempt("bytes", write, b"\xff\xfe caf\xc3\xa9")
    attempt("new line", write, b"a\nb")
    attempt("slash at the end", write, "no/")
    attempt("missing folder", write, "no/such")
    attempt("file as folder", lambda: write("n/file"))
    print(sorted(os.listdir(b".")))
    attempt("long rename", os.rename, "n", "m" * 256)
    attempt("long mkdir", os.mkdir, "m" * 256)
    attempt("long lookup", os.stat, "m" * 256)


@program
def symbolic_links():
    os.symlink("target", "link")
    os.symlink("loop", "loop")
    os.symlink("/", "root")
    os.symlink("a" * 4000, "long")
    attempt("dangling", read, "link")
    write("target", b"content")
    print(read("link"), os.readlink("link"), shown("link"))
    attempt("loop", read, "loop")
    attempt("nofollow", os.open, "link", os.O_RDONLY | os.O_NOFOLLOW)
    attempt("readlink of a file", os.readlink, "target")
    print(len(os.readlink("long")), os.path.isdir("root"))
    os.rename("link", "moved")
    print(read("moved"))


@program
def fifos_and_sockets():
    os.mkfifo("fifo")
    child = os.fork()
    if child == 0:
        fd = os.open("fifo", os.O_WRONLY)
        os.write(fd, b"through the fifo")
        os._exit(0)
    with open("fifo", "rb") as fifo:
        print(fifo.read())
    os.waitpid(child, 0)
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket")
    server.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect("socket")
    other, _ = server.accept()
    client.send(b"through the socket")
    print(other.recv(100), stat.filemode(os.stat("socket").st_mode))
    attempt("open a socket", os.open, "socket", os.O_RDONLY)
    os.unlink("socket")
    attempt("connect to nothing", socket.socket(socket.AF_UNIX).connect, "socket")


@program
def devices():
    os.mknod("null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    os.mknod("odd", 0o600 | stat.S_IFBLK, os.makedev(259, 70000))
    fd = os.open("null", os.O_RDWR)
    print(os.write(fd, b"gone"), os.read(fd, 10))
    s = os.stat("odd")
    print(os.major(s.st_rdev), os.minor(s.st_rdev), stat.filemode(s.st_mode))
    attempt("plain by mknod", os.mknod, "plain", 0o640 | stat.S_IFREG)
    print(shown("plain"))


@program
def append():
    one = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    two = os.open("log", os.O_RDWR | os.O_APPEND)
    for i in range(50):
        os.write(one, b"one%d\n" % i)
        os.write(two, b"two%d\n" % i)
    os.lseek(two, 0, os.SEEK_SET)
    os.write(two, b"end")
    print(os.lseek(two, 0, os.SEEK_CUR), read("log"))
    children = []
    for name in b"a", b"b", b"c":
        child = os.fork()
        if child == 0:
            fd = os.open("shared", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            for _ in range(200):
                os.write(fd, name * 97 + b"\n")
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    lines = read("shared").split(b"\n")
    print(len(lines), all(len(set(line)) == 1 for line in lines[:-1]))


@program
def shared_offsets():
    write("f", b"0123456789")
    fd = os.open("f", os.O_RDWR)
    other = os.dup(fd)
    print(os.read(fd, 3), os.read(other, 3), os.lseek(fd, 0, os.SEEK_CUR))
    child = os.fork()
    if child == 0:
        os.read(fd, 2)
        os._exit(0)
    os.waitpid(child, 0)
    print(os.read(other, 10), os.pread(fd, 4, 2), os.pwrite(fd, b"xx", 20), read("f"))


@program
def direct():
    buffer = mmap.mmap(-1, 1 << 16)
    buffer.write(bytes(range(256)) * 256)
    fd = os.open("f", os.O_RDWR | os.O_CREAT | os.O_DIRECT)
    print(os.writev(fd, [buffer]), os.fstat(fd).st_size)
    os.lseek(fd, 4096, os.SEEK_SET)
    back = mmap.mmap(-1, 8192)
    print(os.readv(fd, [back]), back[:8192] == buffer[4096:12288])
    plain = os.open("f", os.O_RDWR)
    os.pwrite(plain, b"beside", 10)
    os.lseek(fd, 0, os.SEEK_SET)
    print(os.readv(fd, [back]), back[:20])
    os.lseek(fd, 0, os.SEEK_SET)
    os.writev(fd, [buffer])
    print(os.pread(plain, 20, 0))


@program
def mapped():
    write("f", b"a" * 10000)
    fd = os.open("f", os.O_RDWR)
    shared = mmap.mmap(fd, 10000)
    private = mmap.mmap(fd, 10000, mmap.MAP_PRIVATE)
    shared[0:5] = b"SHARE"
    print(private[0:6], os.pread(fd, 8, 0))
    private[5000:5007] = b"PRIVATE"
    print(os.pread(fd, 8, 5000), shared[5000:5008])
    os.pwrite(fd, b"WRITTEN", 9000)
    print(shared[9000:9008])
    os.close(fd)
    shared[9993:10000] = b"AT THE "
    del private
    shared.close()
    print(read("f")[9990:], len(read("f")))
    child = os.fork()
    if child == 0:
        fd = os.open("f", os.O_RDWR)
        with mmap.mmap(fd, 0) as m:
            m[100:105] = b"CHILD"
        os._exit(0)
    os.waitpid(child, 0)
    print(read("f")[98:107])


@program
def mapped_past_the_end():
    write("f", b"x" * 100)
    child = os.fork()
    if child == 0:
        fd = os.open("f", os.O_RDWR)
        m = mmap.mmap(fd, 100)
        print(m[99:100])
        sys.stdout.flush()
        os.ftruncate(fd, 0)
        m[0]
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else status)


@program
def unlinked_but_open():
    write("f", b"content")
    fd = os.open("f", os.O_RDWR)
    os.unlink("f")
    print(os.fstat(fd).st_nlink, os.read(fd, 20), sorted(os.listdir(".")))
    os.write(fd, b" and more")
    print(os.pread(fd, 100, 0))
    attempt("by its name", os.stat, "f")
    write("f", b"another")
    print(read("f"), os.pread(fd, 100, 0), os.fstat(fd).st_ino != os.stat("f").st_ino)
    print(read(f"/proc/self/fd/{fd}"))
    os.mkdir("d")
    d = os.open("d", os.O_RDONLY)
    os.rmdir("d")
    print(os.listdir(d))
    attempt("make in a removed folder", os.open, "x", os.O_CREAT | os.O_WRONLY, dir_fd=d)


@program
def renamed_over():
    write("old", b"old")
    write("new", b"new")
    os.link("old", "other")
    fd = os.open("old", os.O_RDONLY)
    number = os.stat("new").st_ino
    os.rename("new", "old")
    print(os.read(fd, 10), os.fstat(fd).st_nlink, read("old"), os.stat("old").st_ino == number)
    print(read("other"), shown("other"))
    os.mkdir("a")
    os.mkdir("b")
    write("b/full")
    attempt("over a full folder", os.rename, "a", "b")
    attempt("folder over a file", os.rename, "a", "old")
    attempt("file over a folder", os.rename, "old", "a")
    attempt("into itself", os.rename, "b", "b/c")
    attempt("over an empty folder", os.rename, "b", "a")
    print(sorted(os.listdir(".")), os.listdir("a"))
    attempt("onto itself", os.rename, "old", "old")
    os.link("old", "same")
    attempt("onto the same file", os.rename, "old", "same")
    print(sorted(os.listdir(".")))


def renameat2(source, target, flags):
    result = libc.renameat2(-100, source.encode(), -100, target.encode(), flags)
    if result < 0:
        raise OSError(ctypes.get_errno(), "renameat2")


@program
def rename_flags():
    write("a", b"a")
    os.mkdir("d")
    write("d/b", b"b")
    attempt("no replace", renameat2, "a", "d/b", 1)
    attempt("no replace, free", renameat2, "a", "c", 1)
    attempt("exchange", renameat2, "c", "d/b", 2)
    print(read("c"), read("d/b"))
    attempt("exchange file and folder", renameat2, "c", "d", 2)
    print(sorted(os.listdir(".")), os.path.isdir("c"), read("d"))
    attempt("exchange with nothing", renameat2, "d", "nothing", 2)
    attempt("both", renameat2, "d", "x", 3)
    attempt("unknown", renameat2, "d", "x", 8)


@program
def unnamed():
    fd = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o640)
    os.write(fd, b"content")
    print(os.fstat(fd).st_nlink, os.listdir("."))
    link_open(fd, "named")
    print(shown("named"), read("named"))
    os.unlink("named")
    attempt("named again", link_open, fd, "again")
    other = os.open(".", os.O_TMPFILE | os.O_RDWR | os.O_EXCL, 0o600)
    attempt("exclusive", link_open, other, "no")


@program
def hard_links():
    write("a", b"1")
    os.link("a", "b")
    print(os.stat("a").st_ino == os.stat("b").st_ino, shown("a"))
    with open("b", "ab") as file:
        file.write(b"2")
    print(read("a"))
    os.chmod("a", 0o604)
    print(shown("b"))
    os.unlink("a")
    print(shown("b"), read("b"))
    attempt("link a folder", os.link, ".", "x")
    attempt("link to what is there", os.link, "b", "b")
    os.symlink("b", "s")
    os.link("s", "t", follow_symlinks=False)
    print(shown("t"), os.readlink("t"))


@program
def user_xattrs():
    write("f")
    os.setxattr("f", "user.one", b"1\0\xff")
    attempt("create again", os.setxattr, "f", "user.one", b"2", os.XATTR_CREATE)
    attempt("replace nothing", os.setxattr, "f", "user.two", b"2", os.XATTR_REPLACE)
    os.setxattr("f", "user.one", b"", os.XATTR_REPLACE)
    print(os.getxattr("f", "user.one"), sorted(os.listxattr("f")))
    attempt("missing", os.getxattr, "f", "user.none")
    attempt("remove", os.removexattr, "f", "user.one")
    attempt("remove again", os.removexattr, "f", "user.one")
    attempt("no namespace", os.setxattr, "f", "one", b"1")
    os.setxattr("f", "trusted.x", b"t")
    print(sorted(os.listxattr("f")))
    as_nobody(lambda: print(os.listxattr("f")))
    os.symlink("f", "s")
    attempt("of a link", os.setxattr, "s", "user.x", b"1", follow_symlinks=False)
    os.mkfifo("fifo")
    attempt("of a fifo", os.setxattr, "fifo", "user.x", b"1")
    buffer = ctypes.create_string_buffer(2)
    os.setxattr("f", "user.long", b"12345")
    result = libc.getxattr(b"f", b"user.long", buffer, 2)
    print(result, errno.errorcode[ctypes.get_errno()], libc.getxattr(b"f", b"user.long", None, 0))


def lock_in_child(what, call):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        attempt(what, call)
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)


@program
def locks():
    write("f", b"x" * 100)
    fd = os.open("f", os.O_RDWR)
    fcntl.lockf(fd, fcntl.LOCK_EX, 10, 20)

    def child_lock(start, length):
        other = os.open("f", os.O_RDWR)
        fcntl.lockf(other, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)

    lock_in_child("overlapping", lambda: child_lock(25, 10))
    lock_in_child("beside", lambda: child_lock(40, 10))
    fcntl.lockf(fd, fcntl.LOCK_UN)
    lock_in_child("free", lambda: child_lock(25, 10))
    fcntl.flock(fd, fcntl.LOCK_EX)
    other = os.open("f", os.O_RDWR)
    attempt("flock", fcntl.flock, other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(fd, fcntl.LOCK_UN)
    attempt("flock, free", fcntl.flock, other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 10, 0)
    attempt("open file description", lambda: fcntl.fcntl(fd, 37, lock) and None)
    attempt("another one", lambda: fcntl.fcntl(other, 37, lock) and None)


@program
def holes():
    fd = os.open("f", os.O_RDWR | os.O_CREAT)
    os.ftruncate(fd, 10 << 20)
    os.pwrite(fd, b"x" * 8192, 1 << 20)
    os.pwrite(fd, b"y" * 4096, 5 << 20)
    print(os.lseek(fd, 0, os.SEEK_DATA), os.lseek(fd, 1 << 20, os.SEEK_HOLE), os.lseek(fd, 2 << 20, os.SEEK_DATA))
    print(os.lseek(fd, 0, os.SEEK_HOLE), os.lseek(fd, 5 << 20, os.SEEK_HOLE))
    attempt("behind the last", os.lseek, fd, 6 << 20, os.SEEK_DATA)
    attempt("behind the end", os.lseek, fd, 20 << 20, os.SEEK_HOLE)
    m = mmap.mmap(fd, 10 << 20)
    m[8 << 20] = 1
    print(os.lseek(fd, 6 << 20, os.SEEK_DATA))
    m.close()
    libc.fallocate(fd, 3, ctypes.c_long(1 << 20), ctypes.c_long(4096))
    print(os.lseek(fd, 0, os.SEEK_DATA), os.pread(fd, 2, (1 << 20) + 4095))
    libc.fallocate(fd, 16, ctypes.c_long(5 << 20), ctypes.c_long(100))
    print(os.pread(fd, 3, (5 << 20) + 98), os.fstat(fd).st_size)
    print(libc.fallocate(fd, 16, ctypes.c_long(10 << 20), ctypes.c_long(4096)), os.fstat(fd).st_size)
    os.close(fd)
    subprocess.run(["cp", "--sparse=always", "f", "copy"], check=True)
    print(read("copy") == read("f"), os.stat("f").st_blocks * 512 < 1 << 20)
    big = os.open("big", os.O_RDWR | os.O_CREAT)
    os.pwrite(big, b"end", 8 << 30)
    print(os.fstat(big).st_size, os.lseek(big, 0, os.SEEK_DATA), os.pread(big, 5, (8 << 30) - 2))


@program
def allocation():
    fd = os.open("f", os.O_RDWR | os.O_CREAT)
    os.write(fd, b"hello")
    print(os.posix_fallocate(fd, 2, 100), os.fstat(fd).st_size, os.pread(fd, 8, 0))
    print(libc.fallocate(fd, 1, ctypes.c_long(0), ctypes.c_long(100000)), os.fstat(fd).st_size)
    attempt("no length", os.posix_fallocate, fd, 0, 0)
    reader = os.open("f", os.O_RDONLY)
    attempt("open for reading", os.posix_fallocate, reader, 0, 10)
    attempt("cut, open for reading", os.ftruncate, reader, 0)
    attempt("cut to less than nothing", os.ftruncate, fd, -1)


@program
def times():
    write("f", b"x")
    os.utime("f", ns=(1_234_567_890_123_456_789, 987_654_321_987_654_321))
    s = os.stat("f")
    print(s.st_atime_ns, s.st_mtime_ns)
    before = time.time_ns() - 1_000_000_000
    with open("f", "ab") as file:
        file.write(b"y")
    print(os.stat("f").st_mtime_ns > before)
    os.utime("f", ns=(-5_000_000_001, -1))
    s = os.stat("f")
    print(s.st_atime_ns, s.st_mtime_ns)
    fd = os.open("f", os.O_RDWR)
    os.write(fd, b"dirty")
    os.utime("f", ns=(5, 6))
    os.close(fd)
    print(os.stat("f").st_mtime_ns)
    os.utime("f")
    print(os.stat("f").st_mtime_ns > before)
    os.mkdir("d")
    os.utime("d", ns=(1, 2))
    write("d/x")
    print(os.stat("d").st_mtime_ns > before)
    os.utime("d", ns=(1, 2))
    os.chmod("d", 0o700)
    print(os.stat("d").st_mtime_ns)
    os.symlink("x", "s")
    os.utime("s", ns=(3, 4), follow_symlinks=False)
    print(os.lstat("s").st_mtime_ns)
    old = os.open("f", os.O_RDWR | os.O_TRUNC)
    print(os.fstat(old).st_mtime_ns > before, os.fstat(old).st_size)
    os.utime("f", ns=(1, 2))
    m_before = os.stat("f").st_mtime_ns
    os.ftruncate(old, 100)
    m = mmap.mmap(old, 100)
    os.utime("f", ns=(1, 2))
    m[5] = 7
    m.flush()
    print(m_before, os.stat("f").st_mtime_ns > before)


@program
def permissions():
    os.umask(0)
    write("mine", b"secret", 0o600)
    write("open", b"open", 0o666)
    os.mkdir("closed", 0o700)
    write("closed/f", b"x", 0o666)
    os.mkdir("sticky")
    os.chmod("sticky", 0o1777)
    write("sticky/roots", b"x", 0o666)

    def other():
        attempt("read", read, "mine")
        attempt("write", write, "mine", b"x")
        attempt("write what is open", write, "open", b"theirs")
        attempt("chmod", os.chmod, "open", 0o777)
        attempt("chown", os.chown, "open", NOBODY, NOBODY)
        attempt("times", os.utime, "open", ns=(1, 2))
        attempt("times, now", os.utime, "open")
        attempt("in a closed folder", read, "closed/f")
        attempt("list a closed folder", os.listdir, "closed")
        attempt("new file here", write, "theirs")
        attempt("new file in sticky", write, "sticky/theirs", b"t", 0o644)
        attempt("remove another's in sticky", os.unlink, "sticky/roots")
        attempt("rename another's in sticky", os.rename, "sticky/roots", "sticky/x")
        attempt("remove one's own in sticky", os.unlink, "sticky/theirs")
        attempt("device", os.mknod, "sticky/dev", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        attempt("xattr", os.setxattr, "mine", "user.x", b"1")
        attempt("trusted", os.setxattr, "open", "trusted.x", b"1")
        print(os.access("mine", os.R_OK), os.access("open", os.W_OK), os.access("closed", os.X_OK))

    as_nobody(other)
    print(read("open"), shown("open"))
    os.chown("mine", NOBODY, 0)
    os.chmod("mine", 0o400)
    as_nobody(lambda: (attempt("owner reads", read, "mine"), attempt("owner writes", write, "mine")))
    os.chmod("mine", 0o004)
    as_nobody(lambda: attempt("owner may less than others", read, "mine"))


@program
def set_id_bits():
    os.umask(0)

    def made():
        write("f", b"x", 0o666)
        os.chown("f", NOBODY, NOBODY)
        os.chmod("f", 0o6777)

    def tried(what, function, by_nobody=True):
        made()
        if by_nobody:
            as_nobody(function)
        else:
            function()
        print(what, shown("f"))

    def written():
        fd = os.open("f", os.O_RDWR)
        os.write(fd, b"y")

    tried("written", written)
    tried("written by root", written, False)
    tried("cut", lambda: os.truncate("f", 0))
    tried("cut by root", lambda: os.truncate("f", 0), False)
    tried("opened and cut", lambda: write("f"))
    tried("given to oneself", lambda: os.chown("f", NOBODY, NOBODY))
    tried("given away", lambda: os.chown("f", 1, 1), False)
    tried("left as it was", lambda: os.chown("f", -1, -1))
    tried("allocated", lambda: os.posix_fallocate(os.open("f", os.O_RDWR), 0, 100))
    tried("chmod", lambda: os.chmod("f", 0o4755))
    tried("touched", lambda: os.utime("f"))

    def mapped_write():
        fd = os.open("f", os.O_RDWR)
        m = mmap.mmap(fd, 1)
        m[0] = 65
        m.flush()

    tried("mapped", mapped_write)
    made()
    os.chown("f", NOBODY, 4321)
    os.chmod("f", 0o777)
    as_nobody(lambda: attempt("set-group-id of a foreign group", os.chmod, "f", 0o2777))
    print(shown("f"))


def acl(*entries):
    """An access control list as the kernel stores it."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
NO_ID = 0xFFFFFFFF


@program
def access_lists():
    os.umask(0)
    write("f", b"listed", 0o600)
    given = acl((USER_OBJ, 6, NO_ID), (USER, 4, NOBODY), (GROUP_OBJ, 0, NO_ID), (MASK, 6, NO_ID), (OTHER, 0, NO_ID))
    os.setxattr("f", "system.posix_acl_access", given)
    print(shown("f"), os.getxattr("f", "system.posix_acl_access") == given)
    as_nobody(lambda: (attempt("read", read, "f"), attempt("write", write, "f")))
    os.chmod("f", 0o600)
    as_nobody(lambda: attempt("masked", read, "f"))
    os.chmod("f", 0o660)
    as_nobody(lambda: attempt("unmasked", read, "f"))
    os.removexattr("f", "system.posix_acl_access")
    as_nobody(lambda: attempt("without the list", read, "f"))
    print(shown("f"))
    os.mkdir("d", 0o755)
    default = acl(
        (USER_OBJ, 7, NO_ID), (USER, 6, NOBODY), (GROUP_OBJ, 5, NO_ID), (MASK, 7, NO_ID), (OTHER, 0, NO_ID))
    os.setxattr("d", "system.posix_acl_default", default)
    os.umask(0o077)
    write("d/f", b"inherited", 0o666)
    os.mkdir("d/sub", 0o777)
    write("d/sub/g", b"twice", 0o640)
    for name in "d/f", "d/sub", "d/sub/g":
        print(name, shown(name), os.getxattr(name, "system.posix_acl_access").hex())
    print(os.getxattr("d/sub", "system.posix_acl_default") == default)
    attempt("default of a file", os.setxattr, "f", "system.posix_acl_default", default)
    as_nobody(lambda: attempt("inherited", read, "d/f"))
    attempt("nonsense", os.setxattr, "f", "system.posix_acl_access", b"no list")
    as_nobody(lambda: attempt("another's", os.setxattr, "d/f", "system.posix_acl_access", given))


@program
def capabilities():
    capability = bytes.fromhex("0100000200200000000000000000000000000000")
    write("f", b"x", 0o755)
    os.setxattr("f", "security.capability", capability)
    print(os.getxattr("f", "security.capability") == capability)
    with open("f", "ab") as file:
        file.write(b"y")
    attempt("written", os.getxattr, "f", "security.capability")
    os.setxattr("f", "security.capability", capability)
    os.chown("f", 1, 1)
    attempt("given away", os.getxattr, "f", "security.capability")
    os.setxattr("f", "security.capability", capability)
    os.truncate("f", 0)
    attempt("cut", os.getxattr, "f", "security.capability")
    fd = os.open("f", os.O_RDWR)
    os.write(fd, b"written before")
    os.setxattr("f", "security.capability", capability)
    os.fsync(fd)
    print(os.getxattr("f", "security.capability") == capability)


@program
def running_programs():
    with open("/bin/sleep", "rb") as source:
        write("program", source.read(), 0o755)
    child = subprocess.Popen(["./program", "30"])
    for _ in range(100):
        if os.readlink(f"/proc/{child.pid}/exe").endswith("/program"):
            break
        time.sleep(0.01)
    attempt("write to it", os.open, "program", os.O_WRONLY)
    attempt("cut it", os.truncate, "program", 0)
    attempt("remove it", os.unlink, "program")
    child.kill()
    child.wait()
    write("script", b"#!/bin/sh\necho from a script $1\n", 0o755)
    print(subprocess.run(["./script", "x"], capture_output=True, check=True).stdout)
    os.chmod("script", 0o644)
    attempt("not executable", subprocess.run, ["./script"])
    writer = os.open("script", os.O_WRONLY)
    os.chmod("script", 0o755)
    attempt("open for writing", subprocess.run, ["./script"])
    os.close(writer)


@program
def directories():
    os.mkdir("d")
    for i in range(3000):
        write(f"d/file{i:04}")
    names = os.listdir("d")
    print(len(names), len(set(names)))
    seen = 0
    with os.scandir("d") as entries:
        for entry in entries:
            seen += entry.is_file(follow_symlinks=False)
            os.unlink(entry.path)
    print(seen, os.listdir("d"))
    opened = libc.opendir
    opened.restype = ctypes.c_void_p
    directory = ctypes.c_void_p(opened(b"."))
    libc.readdir.restype = ctypes.c_void_p

    def all_of():
        found = []
        while entry := libc.readdir(directory):
            found.append(ctypes.string_at(entry + 19))
        return sorted(found)

    print(all_of())
    write("new")
    libc.rewinddir(directory)
    print(all_of())
    os.mkdir("a")
    os.mkdir("a/b")
    print(os.stat("a").st_nlink, os.stat("a/b").st_nlink, os.stat("a/b/..").st_ino == os.stat("a").st_ino)
    attempt("remove a full one", os.rmdir, "a")
    attempt("unlink one", os.unlink, "a/b")
    attempt("rmdir a file", os.rmdir, "new")
    attempt("remove .", os.rmdir, "a/.")
    here = os.getcwd()
    os.chdir("a/b")
    os.rename("../../a", "../../moved")
    print(os.getcwd() == here + "/moved/b", os.path.basename(os.path.abspath("..")))
    os.rmdir("../b")
    attempt("in a removed one", os.getcwd)
    attempt("file in a removed one", write, "x")


@program
def lists_while_others_list():
    os.mkdir("d")
    for i in range(3000):
        write(f"d/file{i:04}")
    seen = set()
    with os.scandir("d") as entries:
        for count, entry in enumerate(entries):
            seen.add(entry.name)
            os.unlink(entry.path)
            if count == 500:
                subprocess.run(["ls", "d"], stdout=subprocess.DEVNULL, check=True)
    print(len(seen), os.listdir("d"))
    for i in range(2000):
        write(f"d/kept{i:04}")
    child = os.fork()
    if child == 0:
        for i in range(3000):
            write(f"d/passing{i % 50}")
            os.unlink(f"d/passing{(i + 25) % 50}") if i > 25 else None
        os._exit(0)
    wrong = 0
    for _ in range(60):
        names = [name for name in os.listdir("d") if name.startswith("kept")]
        wrong += len(names) != 2000 or len(set(names)) != 2000
    os.waitpid(child, 0)
    print(wrong)


@program
def younger_is_not_older():
    wrong = 0
    for i in range(100):
        write(f"target{i}")
        write(f"source{i}", b"written later")
        wrong += os.stat(f"source{i}").st_mtime_ns < os.stat(f"target{i}").st_mtime_ns
        made = os.open(f"grown{i}", os.O_RDWR | os.O_CREAT)
        before = os.fstat(made).st_mtime_ns
        os.write(made, b"x")
        wrong += os.fstat(made).st_mtime_ns < before
        os.close(made)
    print(wrong)


@program
def odd_xattr_names():
    write("f")
    os.setxattr(b"f", b"user.\xff", b"1")
    os.setxattr(b"f", b"user.\xfe", b"2")
    print(os.getxattr(b"f", b"user.\xff"), os.getxattr(b"f", b"user.\xfe"), len(os.listxattr(b"f")))
    os.umask(0)
    write("g", mode=0o755)
    os.chown("g", NOBODY, 4321)
    os.chmod("g", 0o2755)
    given = acl((USER_OBJ, 7, NO_ID), (GROUP_OBJ, 5, NO_ID), (OTHER, 5, NO_ID))
    as_nobody(lambda: os.setxattr("g", "system.posix_acl_access", given))
    print(shown("g"))


@program
def copies():
    data = os.urandom(300_000)
    write("a", data)
    a = os.open("a", os.O_RDONLY)
    b = os.open("b", os.O_RDWR | os.O_CREAT)
    done = 0
    while done < len(data):
        done += os.copy_file_range(a, b, len(data) - done)
    print(read("b") == data)
    c = os.open("c", os.O_RDWR | os.O_CREAT)
    done = 0
    while done < len(data):
        done += os.sendfile(c, a, done, len(data) - done)
    print(read("c") == data)
    reader, writer = os.pipe()
    d = os.open("d", os.O_RDWR | os.O_CREAT)
    os.write(writer, b"spliced")
    print(os.splice(reader, d, 7), read("d"))
    print(os.writev(d, [b"one", b"two", b"three"]), os.preadv(d, [bytearray(3), bytearray(9)], 7))


@program
def odd_calls():
    write("f", b"x")
    fd = os.open("f", os.O_RDWR)
    attempt("exclusive", os.open, "f", os.O_CREAT | os.O_EXCL)
    attempt("as a folder", os.open, "f", os.O_DIRECTORY)
    attempt("folder for writing", os.open, ".", os.O_RDWR)
    attempt("create a folder's name", os.open, ".", os.O_CREAT | os.O_RDWR)
    attempt("behind the end", os.pread, fd, 10, 1000)
    attempt("read of a writer", os.read, os.open("f", os.O_WRONLY), 1)
    attempt("write of a reader", os.write, os.open("f", os.O_RDONLY), b"x")
    attempt("ioctl", fcntl.ioctl, fd, 0x5401, bytes(60))
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLOUT)
    print(poll.poll(0)[0][1])
    attempt("sync", os.fsync, fd)
    attempt("data sync", os.fdatasync, fd)
    attempt("folder sync", os.fsync, os.open(".", os.O_RDONLY))
    place = os.open("f", os.O_PATH)
    print(read(f"/proc/self/fd/{place}"), os.fstat(place).st_size)
    attempt("read of a place", os.read, place, 1)
    os.fchmod(fd, 0)
    print(os.pread(fd, 1, 0), shown("f"))
    print(os.statvfs(".").f_namemax, os.fstatvfs(fd).f_bsize > 0)


if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print("\n".join(PROGRAMS))
    else:
        PROGRAMS[sys.argv[1]]()
