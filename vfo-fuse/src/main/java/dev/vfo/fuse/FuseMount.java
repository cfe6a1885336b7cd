package dev.vfo.fuse;

import dev.vfo.EntryOperations;
import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.requests.Nodes;
import dev.vfo.fuse.requests.OpenFiles;
import dev.vfo.fuse.requests.Requests;
import dev.vfo.fuse.session.Channel;
import dev.vfo.fuse.session.Negotiation;
import dev.vfo.fuse.session.Notifications;
import dev.vfo.fuse.session.Session;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.CoarseClock;
import dev.vfo.storage.linux.FuseDevice;
import dev.vfo.storage.linux.Mounts;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A tree of the engine, mounted: programs change the files of its step by ordinary system calls.
 * Thread safe. This process must not use the mount itself: killed while it waits for an answer of
 * its own, it could not die.
 *
 * <p>A request goes from {@code /dev/fuse} ({@link FuseDevice}) to a thread of the {@link Session},
 * to {@link Requests}, which does it with {@link EntryOperations}; its answer goes back the same
 * way. What programs wrote may stay in the kernel for a while: {@link #barrier} brings it in, and
 * belongs before each checkpoint.
 */
public final class FuseMount implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FuseMount.class.getName());
  private static final InstantSource CLOCK = new CoarseClock();

  /** Long enough to be for ever: nobody but us changes the tree, and we tell the kernel. */
  private static final long KEPT_SECONDS = 365L * 24 * 60 * 60;

  private static final int NANOS_PER_SECOND = 1_000_000_000;

  private final EntryOperations entries;
  private final Path at;
  private final FuseDevice device;
  private final Nodes nodes;
  private final OpenFiles open = new OpenFiles();
  private final AtomicReference<@Nullable KernelPages> pages = new AtomicReference<>();
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("vfo-fuse-background").factory());
  private final Session session;
  private final KernelNews news;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean unmounted = new AtomicBoolean();

  /**
   * The kernel's own clock for files. A manager whose tree is mounted is to be opened with it, so
   * that what programs write later is never older than what was made before.
   */
  public static InstantSource clock() {
    return CLOCK;
  }

  /**
   * Mounts the tree of a manager, in the mount namespace of the calling thread. Afterwards all but
   * {@link #close} may be called from any other.
   *
   * @param at an existing directory; what is in it is hidden as long as the mount is there
   * @throws StorageException where there is no {@code /dev/fuse}, or it may not be used, or nothing
   *     may be mounted
   */
  public static FuseMount mount(VirtualFileManager files, Path at, MountOptions options)
      throws IOException {
    FuseDevice device = FuseDevice.open();
    boolean mounted = false;
    try {
      Mounts.mount("vfo", at, "fuse.vfo", mountOptions(device, options));
      mounted = true;
    } finally {
      if (!mounted) {
        device.close();
      }
    }
    FuseMount mount = new FuseMount(files.entries(), at, device, options);
    boolean found = false;
    try {
      mount.pages.set(KernelPages.of(at));
      found = true;
      return mount;
    } finally {
      if (!found) {
        mount.close();
      }
    }
  }

  private FuseMount(EntryOperations entries, Path at, FuseDevice device, MountOptions options) {
    this.entries = entries;
    this.at = at;
    this.device = device;
    Channel channel = channel(device);
    this.nodes = new Nodes(entries, entries.root(), KEPT_SECONDS);
    Notifications notifications = new Notifications(channel);
    Requests requests =
        new Requests(
            new Negotiation(options.dataBytes(), options.writeback()),
            nodes,
            open,
            node -> pages().bringIn(node),
            notifications,
            background,
            () -> nanos(CLOCK));
    this.session =
        new Session(
            channel, requests, options.threads(), options.dataBytes(), this::endForPrograms);
    this.news = new KernelNews(nodes, notifications, session, background);
    entries.addListener(news);
  }

  // Set as soon as the mount is served, and before anybody has it.
  private KernelPages pages() {
    return Objects.requireNonNull(pages.get(), "pages of the mount");
  }

  private static long nanos(InstantSource clock) {
    Instant now = clock.instant();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  private static String mountOptions(FuseDevice device, MountOptions options) {
    return "fd="
        + device.descriptor()
        + ",rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions,max_read="
        + options.dataBytes();
  }

  private static Channel channel(FuseDevice device) {
    return new Channel() {
      @Override
      public long receive(MemorySegment buffer) throws StorageException {
        return device.receive(buffer);
      }

      @Override
      public void send(MemorySegment message) throws StorageException {
        device.send(message);
      }
    };
  }

  /**
   * Brings in all that programs have written and the kernel still keeps. Programs that go on to
   * write meanwhile are not waited for.
   *
   * @throws IOException when something could not be brought in, now or before: then no checkpoint
   *     may be made of the step
   */
  public void barrier() throws IOException {
    requireServed();
    pages().sync(open, nodes);
    requireServed();
    open.requireNothingLost();
  }

  private void requireServed() throws IOException {
    Throwable why = session.failure().orElse(null);
    if (why != null) {
      throw new IOException("the mount is not served any more: " + why, why);
    }
  }

  // Its threads are in the mount's namespace.
  private void endForPrograms() {
    try {
      unmount();
    } catch (StorageException e) {
      LOG.log(Level.ERROR, "a mount that is not served could not be taken away", e);
    }
  }

  private void unmount() throws StorageException {
    if (unmounted.compareAndSet(false, true)) {
      Mounts.unmount(at);
    }
  }

  /** Why it stopped to serve, if it did before its end; programs then get ENOTCONN. */
  public Optional<Throwable> failure() {
    return session.failure();
  }

  /**
   * Takes the mount away, in the mount namespace of the calling thread, whoever uses it: their
   * calls fail from now on, with ENOTCONN. What was not brought in by a {@link #barrier} is lost.
   */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try {
        unmount();
        end();
      } finally {
        entries.removeListener(news);
        open.closeAll();
      }
    }
  }

  // Nobody may use the device when it is closed: its number can be another file's at once.
  private void end() throws StorageException {
    boolean interrupted = false;
    while (true) {
      try {
        session.awaitEnd();
        background.shutdown();
        if (background.awaitTermination(1, TimeUnit.DAYS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    KernelPages used = pages.get();
    if (used != null) {
      used.close();
    }
    device.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
